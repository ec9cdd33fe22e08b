package dev.kume.cli.command;

/** Records of the management API as the daemon sends them. */
final class Records {
    static final String QUORUM = """
            {"name":"quorum","size":"2 GB","sizeBytes":2147483648,"allocatedBytes":1048576,"format":"vhd",\
            "type":"fixed","sparse":true,"file":"/srv/kume/quorum.vhd","sharing":"cluster","status":"in use",\
            "statusReason":null,"description":"witness","identity":{"serial":"5F0C","naa":"35f0c","uuid":"5f0c-u"},\
            "sector":{"format":"512e","logicalBytes":512,"physicalBytes":4096},\
            "device":{"writeCache":false,"rotation":"7200","vendor":"ACME","product":"Fast Disk"},\
            "accessBy":[{"target":"hv-node1","iqn":"iqn.2026-11.dev.kume:store1-hv-node1","lun":0,\
            "readOnly":false,"initiators":["iqn.1991-05.com.microsoft:hv-node1"]},\
            {"target":"hv-node2","iqn":"iqn.2026-11.dev.kume:store1-hv-node2","lun":0,\
            "readOnly":true,"initiators":[]}],\
            "created":"2026-11-23T07:00:00Z"}""";

    static final String VMS = """
            {"name":"vms","size":"30 GB","sizeBytes":32212254720,"allocatedBytes":null,"format":"vhd",\
            "type":"fixed","sparse":false,"file":"/srv/kume/vms.vhd","sharing":"exclusive","status":"idle",\
            "statusReason":null,"description":"","identity":{"serial":"77AA","naa":"377aa","uuid":"77aa-u"},\
            "sector":{"format":"4kn","logicalBytes":4096,"physicalBytes":4096},"accessBy":[],\
            "created":"2026-11-23T07:00:00Z"}""";

    static final String CHILD = """
            {"name":"child","size":"30 GB","sizeBytes":32212254720,"allocatedBytes":6291456,"format":"vhdx",\
            "type":"differencing","sparse":true,"file":"/srv/kume/child.vhdx","sharing":"exclusive","status":"idle",\
            "statusReason":null,"description":"","identity":{"serial":"77AB","naa":"377ab","uuid":"77ab-u"},\
            "sector":{"format":"512e","logicalBytes":512,"physicalBytes":4096},\
            "layout":{"fileBytes":8388608,"blockBytes":2097152,"parents":["/srv/kume/monday.vhdx",\
            "/srv/kume/golden.vhdx"],"parent":"golden","snapshots":1},"accessBy":[],\
            "created":"2026-11-23T07:00:00Z"}""";

    static final String NODE1 = """
            {"name":"hv-node1","iqn":"iqn.2026-11.dev.kume:store1-hv-node1","description":"","enabled":true,\
            "status":"connected","initiators":["iqn.1991-05.com.microsoft:hv-node1"],\
            "chap":["node1"],"mutual":"store1","chapOf":[{"initiator":"iqn.1991-05.com.microsoft:hv-node1",\
            "chap":["other","third"],"mutual":null}],"portals":["a"],"redirect":"10.0.0.1:3260",\
            "luns":[{"lun":0,"disk":"quorum","size":"2 GB","sizeBytes":2147483648,"status":"in use",\
            "readOnly":true}],\
            "sessions":[{"id":7,"initiator":"iqn.1991-05.com.microsoft:hv-node1","address":"192.168.10.11"}],\
            "created":"2026-11-23T07:00:00Z"}""";

    static final String EMPTY_TARGET = """
            {"name":"spare","iqn":"iqn.2026-11.dev.kume:store1-spare","description":"for later","enabled":true,\
            "status":"not connected","initiators":[],"luns":[],"sessions":[],"created":"2026-11-23T07:00:00Z"}""";

    static final String SESSION = """
            {"id":7,"type":"normal","initiator":"iqn.1991-05.com.microsoft:hv-node1","isid":"400001370000","tsih":3,\
            "address":"192.168.10.11:49211","portal":"192.168.10.1:3260","target":"hv-node1",\
            "targetIqn":"iqn.2026-11.dev.kume:store1-hv-node1","since":"2026-11-23T07:00:00Z",\
            "negotiated":{"HeaderDigest":"None","MaxBurstLength":"262144"},"commandsOutstanding":3,\
            "portalGroupTag":1,"initiatorAlias":null,"authentication":"CHAP SHA-256 user hv-node1",\
            "activity":{"commands":5120,"bytesRead":1048576,"bytesWritten":2147483648,"expCmdSn":5121,\
            "maxCmdSn":5245,"statSn":99,"silentSeconds":3,"nopInOutstanding":false}}""";

    static final String TRACE = """
            {"session":7,"began":"2026-11-23T07:00:00Z","address":"[fd00::1]:49211","portal":"[fd00::2]:13260",\
            "initiator":"iqn.1991-05.com.microsoft:hv-node1","targetIqn":null,"reason":null,"pdusSeen":300,\
            "pdus":[{"atNanos":1500000999,"direction":"in","name":"NOP-Out","broken":false,\
            "initiatorTaskTag":"00000011","fields":{"immediate":true,"cmdSn":4294967295},\
            "header":"408000000000000000000000000000000000001\
            1ffffffffffffffff0000000600000000000000000000000000000000","extra":""},\
            {"atNanos":2000000000,"direction":"out","name":"NOP-In","broken":false,"initiatorTaskTag":"ffffffff",\
            "fields":{},"header":"208000000000000000000000000000000000\
            000000000000000000000000000000000000000000000000000000000000","extra":""}]}""";

    private Records() {}

    static String operation(String state, long revision, long doneBytes, String error) {
        String json = """
                {"id":12,"kind":"disk create","subject":"vms","state":"%s","revision":%d,"doneBytes":%d,\
                "totalBytes":32212254720,"started":"2026-11-23T07:00:00Z","finished":null,"error":%s}""";
        return json.formatted(state, revision, doneBytes, error);
    }

    static String error(String code, int exitCode, String message, String remedy) {
        String json = """
                {"code":"%s","message":"%s","remedy":%s,"exitCode":%d,"kind":null,"name":null,"suggestions":[]}""";
        return json.formatted(code, message, remedy.isEmpty() ? "null" : "\"" + remedy + "\"", exitCode);
    }

    static String errorBody(String code, int exitCode, String message, String remedy) {
        return "{\"error\":" + error(code, exitCode, message, remedy) + "}";
    }
}
