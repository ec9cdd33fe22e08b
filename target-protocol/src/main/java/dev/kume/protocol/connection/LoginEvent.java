package dev.kume.protocol.connection;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** A login has ended, well or not, as the Flight Recorder has it. */
@Name("dev.kume.Login")
@Label("Login")
@Category({"Kume", "iSCSI"})
@StackTrace(false)
final class LoginEvent extends Event {
    @Label("Initiator")
    @Nullable
    String initiator;

    @Label("Target")
    @Nullable
    String target;

    @Label("Address")
    String address;

    @Label("Status")
    String status;

    LoginEvent(@Nullable String initiator, @Nullable String target, String address, String status) {
        this.initiator = initiator;
        this.target = target;
        this.address = address;
        this.status = status;
    }
}
