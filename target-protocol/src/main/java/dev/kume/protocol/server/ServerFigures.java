package dev.kume.protocol.server;

import dev.kume.protocol.pdu.LoginStatus;
import java.util.Map;

/**
 * What the server as a whole has done and holds, at one moment.
 *
 * @param connections      that are open, logged in or not
 * @param logins           login attempts by how they ended, since the start
 * @param dataOutBytes     memory of data that is on its way between initiators and disks
 * @param dataOutBytesMax  its bound
 */
public record ServerFigures(int connections, Map<LoginStatus, Long> logins, long dataOutBytes, long dataOutBytesMax) {
    public static final ServerFigures NONE = new ServerFigures(0, Map.of(), 0, 0);

    public ServerFigures {
        logins = Map.copyOf(logins);
    }
}
