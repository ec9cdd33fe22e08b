package dev.kume.cli.config;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.kume.cli.yaml.YamlWriter;
import dev.kume.core.inventory.ChapRule;
import dev.kume.core.inventory.DiskProfile;
import dev.kume.core.inventory.Mapping;
import dev.kume.core.inventory.TargetRecord;
import java.io.IOException;
import java.util.List;

/** The parts of records that {@code inventory.yaml} and a desired state write in the same words. */
public final class RecordYaml {
    private RecordYaml() {}

    /** What a disk tells initiators that it is; left out where it is what every disk tells. */
    public static void profile(JsonGenerator out, DiskProfile profile) throws IOException {
        if (!profile.writeCache()) {
            out.writeBooleanField("writeCache", false);
        }
        if (profile.rotationRate() != DiskProfile.SSD) {
            out.writeStringField("rotation", profile.rotation());
        }
        if (!profile.vendor().equals(DiskProfile.DEFAULT.vendor())) {
            out.writeStringField("vendor", profile.vendor());
        }
        if (!profile.product().equals(DiskProfile.DEFAULT.product())) {
            out.writeStringField("product", profile.product());
        }
    }

    /** How somebody proves who it is; nothing where nobody has to. */
    public static void chap(JsonGenerator out, ChapRule rule) throws IOException {
        YamlWriter.texts(out, "chap", rule.incoming());
        if (rule.mutual() != null) {
            out.writeStringField("mutual", rule.mutual());
        }
    }

    /** How initiators of a target prove it, and where the target is seen; left out where nothing is said. */
    public static void logins(JsonGenerator out, TargetRecord target) throws IOException {
        chap(out, target.chap());
        if (!target.chapOf().isEmpty()) {
            out.writeArrayFieldStart("chapOf");
            for (var entry : target.chapOf().entrySet()) {
                out.writeStartObject();
                out.writeStringField("initiator", entry.getKey());
                chap(out, entry.getValue());
                out.writeEndObject();
            }
            out.writeEndArray();
        }
        YamlWriter.texts(out, "portals", target.portals());
        if (target.redirect() != null) {
            out.writeStringField("redirect", target.redirect());
        }
    }

    /** The LUNs of a target. */
    public static void luns(JsonGenerator out, List<Mapping> mappings) throws IOException {
        out.writeArrayFieldStart("luns");
        for (Mapping mapping : mappings) {
            out.writeStartObject();
            out.writeNumberField("lun", mapping.lun());
            out.writeStringField("disk", mapping.disk());
            if (mapping.readOnly()) {
                out.writeBooleanField("readOnly", true);
            }
            out.writeEndObject();
        }
        out.writeEndArray();
    }
}
