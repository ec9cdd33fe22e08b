package dev.kume.protocol.event;

import java.util.List;

/** What is fixed about an event: its row in the table. */
public final class EventFacts {
    private final int number;
    private final Severity severity;
    private final EventText text;
    private final String advice;

    /**
     * @param number for life: an event that is gone takes its number with it
     * @param text   the line, with the names of its fields in braces
     * @param advice when it is written and what to do about it; empty when the line says all
     */
    public EventFacts(int number, Severity severity, String text, String advice) {
        this.number = number;
        this.severity = severity;
        this.text = EventText.of(text);
        this.advice = advice;
    }

    public int number() {
        return number;
    }

    /** As people write it: {@code KUME-3001}. */
    public String id() {
        return "KUME-%04d".formatted(number);
    }

    public Severity severity() {
        return severity;
    }

    /** The line, with the names of its fields in braces. */
    public String template() {
        return text.template();
    }

    /** The names of its fields, in the order of their values. */
    public List<String> fields() {
        return text.fields();
    }

    public String advice() {
        return advice;
    }

    EventText text() {
        return text;
    }
}
