package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

final class CommonMomentTest {
    private final CommonMoment moment = new CommonMoment();

    @Test
    void aMomentIsFoundInSeveralTimesOfAThing() {
        CommonMoment.Thing first = moment.of("first");
        first.between(Long.MIN_VALUE, 10);
        first.between(20, 30);
        moment.of("second").between(25, Long.MAX_VALUE);
        assertEquals(List.of(), moment.whatDoesNotFit());
    }

    @Test
    void aMomentMayBeAsShortAsCanBe() {
        moment.of("first").between(0, 10);
        moment.of("second").between(10, 20);
        assertEquals(List.of(), moment.whatDoesNotFit());
    }

    @Test
    void whatWasBegunAfterSomethingThatIsMissingWasAnsweredDoesNotFit() {
        moment.of("answered at 10 and missing").between(0, 10);
        moment.of("begun at 11 and there").between(11, 20);
        assertEquals(List.of("begun at 11 and there"), moment.whatDoesNotFit());
    }

    @Test
    void twoTimesOfOneThingAreNotTwoThings() {
        CommonMoment.Thing first = moment.of("first");
        first.between(0, 10);
        first.between(5, 15);
        moment.of("second").between(16, 20);
        assertEquals(1, moment.whatDoesNotFit().size());
    }

    @Test
    void aThingThatWasNeverSoDoesNotFit() {
        moment.of("never");
        moment.of("always").between(Long.MIN_VALUE, Long.MAX_VALUE);
        assertEquals(List.of("never"), moment.whatDoesNotFit());
    }
}
