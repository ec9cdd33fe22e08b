package dev.kume.house;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import dev.kume.core.store.Extent;
import dev.kume.core.store.NoSpaceException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Which package may see which. Between the modules module-info says it too; inside them only these rules do. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ArchitectureTest {
    private JavaClasses kume;

    @BeforeAll
    void readClasses() throws URISyntaxException {
        URI tests = ArchitectureTest.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI();
        kume = new ClassFileImporter()
                .withImportOption(location -> !location.asURI().toString().contains(tests.getPath()))
                .importPackages("dev.kume");
    }

    @Test
    void theClassesOfAllModulesWereRead() {
        assertTrue(kume.containPackage("dev.kume.core.disk"), "core");
        assertTrue(kume.containPackage("dev.kume.protocol"), "protocol");
        assertTrue(kume.containPackage("dev.kume.cli"), "cli");
    }

    @Test
    void coreKnowsNeitherNetworkNorText() {
        check(noClasses()
                .that()
                .resideInAPackage("dev.kume.core..")
                .should()
                .dependOnClassesThat()
                .resideOutsideOfPackages("dev.kume.core..", "java..", "jdk.jfr..", "org.jspecify.."));
    }

    @Test
    void protocolKnowsNoCli() {
        check(noClasses()
                .that()
                .resideInAPackage("dev.kume.protocol..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.kume.cli..", "picocli..", "com.fasterxml.."));
    }

    @Test
    void commandsKnowDisksOnlyByTheirInterface() {
        check(noClasses()
                .that()
                .resideInAPackage("dev.kume.core.scsi..")
                .should()
                .dependOnClassesThat(resideInAnyPackage("dev.kume.core.disk.*..", "dev.kume.core.store..")
                        // What a disk tells and throws, wherever its bytes lie.
                        .and(not(belongToAnyOf(Extent.class, NoSpaceException.class)))));
    }

    @Test
    void theInventoryIsPureRules() {
        check(noClasses()
                .that()
                .resideInAPackage("dev.kume.core.inventory..")
                .should()
                .dependOnClassesThat(insideKumeBut("dev.kume.core.inventory", "dev.kume.core")));
    }

    @Test
    void reservationsArePureRules() {
        check(noClasses()
                .that()
                .resideInAPackage("dev.kume.core.reservation..")
                .should()
                .dependOnClassesThat(
                        insideKumeBut("dev.kume.core.reservation", "dev.kume.core.nexus", "dev.kume.core")));
    }

    @Test
    void pdusStandAlone() {
        check(noClasses()
                .that()
                .resideInAPackage("dev.kume.protocol.pdu..")
                .should()
                .dependOnClassesThat(insideKumeBut("dev.kume.protocol.pdu", "dev.kume.core")));
    }

    @Test
    void loginKnowsNoChannel() {
        check(noClasses()
                .that()
                .resideInAPackage("dev.kume.protocol.login..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.netty.channel.."));
    }

    @Test
    void packagesOfAModuleFormNoCycle() {
        for (String module : Set.of("core", "protocol", "cli")) {
            check(slices().matching("dev.kume." + module + ".(**)").should().beFreeOfCycles());
        }
    }

    @Test
    void namesSayWhatAClassIs() {
        check(noClasses().should().haveNameMatching(".*(Impl|Manager|Util|Utils|Helper|Helpers)"));
        check(noClasses().that().areInterfaces().should().haveNameMatching(".*[.$]I[A-Z][a-z].*"));
    }

    @Test
    void noStaticStateChanges() {
        check(noFields()
                .that()
                .areStatic()
                .and()
                .doNotHaveModifier(JavaModifier.SYNTHETIC)
                .should()
                .notBeFinal());
    }

    private void check(ArchRule rule) {
        rule.allowEmptyShould(true).check(kume);
    }

    /** Kume's own classes outside of the packages named. */
    private static DescribedPredicate<JavaClass> insideKumeBut(String... packages) {
        Set<String> allowed = Set.of(packages);
        return DescribedPredicate.describe(
                "are Kume's outside of " + allowed,
                seen -> seen.getPackageName().startsWith("dev.kume") && !allowed.contains(seen.getPackageName()));
    }
}
