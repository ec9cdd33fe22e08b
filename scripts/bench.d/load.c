/*
 * load: a closed-loop iSCSI load generator for measuring targets.
 *
 * One thread keeps a fixed number of commands in flight on each of some sessions for a fixed time and prints one line
 * of JSON: rate, latency percentiles, and processor time per command of itself and, with --pid, of the server.
 *
 * Two initiators are built in. "libiscsi" drives the asynchronous interface of that library, a client as one meets it
 * in the field; it costs 6 to 7 microseconds for a command, which is more than a good server needs. "raw" speaks the
 * protocol itself: prepared command PDUs, one send and one receive call for everything that is due, and large Data-In
 * payload is dropped inside the kernel (MSG_TRUNC), so that what is measured is the server.
 *
 *   cc -O2 -Wall -Wextra -o load load.c -liscsi
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <iscsi/iscsi.h>
#include <iscsi/scsi-lowlevel.h>

enum { BHS = 48, PDU_RING = 16384, GATHER = 512, SESSIONS_MAX = 1024, DEPTH_MAX = 1024 };

struct options {
    const char *engine, *portal, *target, *initiator, *mode, *label;
    int lun, sessions, depth, read_percent, server_pid;
    uint32_t block_bytes;
    bool sequential, login_only, reserve, once;
    uint64_t region_bytes, offset_bytes, seed, since_ns;
    double seconds, warmup_seconds, retry_seconds;
};

static struct options opt = {
    .engine = "raw",
    .portal = "127.0.0.1:3260",
    .target = "",
    .initiator = "iqn.2026-11.dev.kume:load",
    .mode = "read",
    .label = "",
    .lun = 0,
    .sessions = 1,
    .depth = 32,
    .read_percent = 70,
    .block_bytes = 4096,
    .seed = 1,
    .seconds = 5,
    .warmup_seconds = 1,
};

static const char usage_text[] =
    "usage: load --portal HOST:PORT --target IQN [--lun N] [--engine raw|libiscsi] [--initiator IQN]\n"
    "            [--sessions N] [--qd N] [--bs BYTES] [--rand|--seq] [--mode read|write|mixed] [--mix READ_PERCENT]\n"
    "            [--region BYTES] [--offset BYTES] [--seconds S] [--warmup S] [--pid SERVER] [--seed N]\n"
    "            [--label TEXT] [--login-only] [--retry SECONDS] [--since REALTIME_NS] [--reserve] [--once]\n"
    "  --login-only  log in once (trying again for --retry seconds), print the milliseconds since --since, and leave;\n"
    "                with libiscsi those of a first TEST UNIT READY too\n"
    "  --reserve     register all sessions with the LUN and hold it: write exclusive, registrants only (engine raw)\n"
    "  --once        end when as many commands are done as the region has blocks; without a warm-up\n";

static void fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));
static void fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("load: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

static uint64_t clock_ns(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* xorshift64*: cheap, and the same sequence for every server measured. */
static uint64_t random_state;
static uint64_t random_next(void) {
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return random_state * 0x2545F4914F6CDD1Du;
}

/* ---- What is measured ------------------------------------------------------------------------------------------ */

/* Latencies in nanoseconds, log-linear: 32 steps for each power of two, which is an error of at most three percent. */
enum { STEP_BITS = 5, STEPS = 1 << STEP_BITS, BUCKETS = 64 * STEPS };

static struct {
    uint64_t bucket[BUCKETS];
    uint64_t commands, reads, latency_sum_ns, latency_max_ns;
    uint64_t commands_ever, commands_wanted, errors;
    uint64_t begin_ns, end_ns;
    bool begun;
    double own_cpu_seconds, server_cpu_seconds;
} seen;

static unsigned bucket_of(uint64_t ns) {
    if (ns < STEPS) return (unsigned)ns;
    unsigned top = 63u - (unsigned)__builtin_clzll(ns);
    return ((top - STEP_BITS + 1) << STEP_BITS) | (unsigned)((ns >> (top - STEP_BITS)) & (STEPS - 1));
}

static double bucket_middle_us(unsigned bucket) {
    if (bucket < STEPS) return bucket / 1000.0;
    unsigned shift = (bucket >> STEP_BITS) - 1;
    double low = (double)((uint64_t)(STEPS + (bucket & (STEPS - 1))) << shift);
    return (low + (double)((uint64_t)1 << shift) / 2) / 1000.0;
}

static double percentile_us(double share) {
    uint64_t wanted = (uint64_t)(share * (double)seen.commands), sum = 0;
    for (unsigned i = 0; i < BUCKETS; i++) {
        sum += seen.bucket[i];
        if (sum > wanted) return bucket_middle_us(i);
    }
    return (double)seen.latency_max_ns / 1000.0;
}

static double cpu_seconds_of(int pid);
static double own_cpu_seconds(void);

/* Called in every turn of the load loop: processor time is counted from the first turn after the warm-up. */
static void window_tick(uint64_t now_ns) {
    if (seen.begun || now_ns < seen.begin_ns) return;
    seen.begun = true;
    seen.own_cpu_seconds = -own_cpu_seconds();
    seen.server_cpu_seconds = -cpu_seconds_of(opt.server_pid);
}

static void window_close(void) {
    seen.own_cpu_seconds += own_cpu_seconds();
    seen.server_cpu_seconds += cpu_seconds_of(opt.server_pid);
}

static void count_completion(uint64_t issued_ns, uint64_t now_ns, bool is_read, bool good) {
    seen.commands_ever++;
    if (!good) {
        seen.errors++;
        return;
    }
    if (now_ns < seen.begin_ns || now_ns >= seen.end_ns) return;
    uint64_t latency = now_ns - issued_ns;
    seen.bucket[bucket_of(latency)]++;
    seen.commands++;
    seen.reads += is_read;
    seen.latency_sum_ns += latency;
    if (latency > seen.latency_max_ns) seen.latency_max_ns = latency;
    if (opt.once && seen.commands == seen.commands_wanted) {
        opt.seconds = (double)(now_ns - seen.begin_ns) / 1e9;
        seen.end_ns = now_ns;
    }
}

/* Seconds of user and system time of a process, all its threads, living and gone. */
static double cpu_seconds_of(int pid) {
    clockid_t clock;
    if (pid <= 0) return 0;
    int code = clock_getcpuclockid(pid, &clock);
    if (code) fail("no process %d: %s", pid, strerror(code));
    return (double)clock_ns(clock) / 1e9;
}

static double own_cpu_seconds(void) {
    return (double)clock_ns(CLOCK_PROCESS_CPUTIME_ID) / 1e9;
}

/* ---- What is asked --------------------------------------------------------------------------------------------- */

static uint64_t capacity_blocks;
static uint32_t logical_block_bytes = 512;
static uint8_t *write_pattern; /* one block of --bs bytes, random, the source of every write */

struct walk {
    uint64_t next, count; /* in units of --bs */
};

static struct walk walk_for(int session) {
    uint64_t disk_bytes = capacity_blocks * logical_block_bytes;
    if (opt.offset_bytes >= disk_bytes) fail("--offset lies beyond the end of the disk");
    uint64_t bytes = disk_bytes - opt.offset_bytes;
    if (opt.region_bytes && opt.region_bytes < bytes) bytes = opt.region_bytes;
    struct walk walk = {.count = bytes / opt.block_bytes};
    if (!walk.count) fail("the region holds no block of %u bytes", opt.block_bytes);
    seen.commands_wanted = walk.count;
    walk.next = walk.count / (uint64_t)opt.sessions * (uint64_t)session;
    return walk;
}

static uint64_t walk_lba(struct walk *walk) {
    uint64_t index;
    if (opt.sequential) {
        index = walk->next;
        walk->next = index + 1 == walk->count ? 0 : index + 1;
    } else {
        index = (uint64_t)(((__uint128_t)random_next() * walk->count) >> 64);
    }
    return (opt.offset_bytes + index * opt.block_bytes) / logical_block_bytes;
}

static bool choose_read(void) {
    if (opt.read_percent >= 100) return true;
    if (opt.read_percent <= 0) return false;
    return (int)(random_next() >> 33) % 100 < opt.read_percent;
}

/* ---- The raw initiator ----------------------------------------------------------------------------------------- */

static void put16(uint8_t *p, uint32_t v) { p[0] = (uint8_t)(v >> 8), p[1] = (uint8_t)v; }
static void put24(uint8_t *p, uint32_t v) { p[0] = (uint8_t)(v >> 16), put16(p + 1, v); }
static void put32(uint8_t *p, uint32_t v) { v = htonl(v), memcpy(p, &v, 4); }
static void put64(uint8_t *p, uint64_t v) { put32(p, (uint32_t)(v >> 32)), put32(p + 4, (uint32_t)v); }
static uint32_t get24(const uint8_t *p) { return (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2]; }
static uint32_t get32(const uint8_t *p) { uint32_t v; memcpy(&v, p, 4); return ntohl(v); }
static uint64_t get64(const uint8_t *p) { return (uint64_t)get32(p) << 32 | get32(p + 4); }
static bool sn_after(uint32_t a, uint32_t b) { return (int32_t)(a - b) > 0; }

struct command {
    uint64_t issued_ns;
    bool is_read;
};

struct outgoing {
    uint8_t header[BHS];
    uint32_t data_bytes;
};

struct raw {
    int fd, id;
    uint32_t cmd_sn, exp_stat_sn, max_cmd_sn;
    uint32_t peer_segment_bytes, first_burst_bytes;
    bool immediate_data;
    struct walk walk;
    struct command *command;
    int *idle, idle_count; /* commands that wait for the window */
    /* Receiving. `drop_bytes` of the present data segment are still to come; `dropped_for` is its header. */
    uint8_t *in;
    size_t in_bytes, in_capacity;
    size_t drop_bytes;
    uint8_t dropped_for[BHS];
    /* Sending: a ring of headers, payload always from write_pattern. */
    struct outgoing *out;
    uint32_t out_head, out_tail;
    size_t head_sent_bytes;
    bool wants_write;
};

static int raw_epoll;

static void raw_write_all(int fd, const void *data, size_t bytes) {
    for (const char *p = data; bytes;) {
        ssize_t n = send(fd, p, bytes, MSG_NOSIGNAL);
        if (n < 0) fail("send: %s", strerror(errno));
        p += n, bytes -= (size_t)n;
    }
}

static bool raw_read_all(int fd, void *data, size_t bytes) {
    for (char *p = data; bytes;) {
        ssize_t n = recv(fd, p, bytes, 0);
        if (n <= 0) return false;
        p += n, bytes -= (size_t)n;
    }
    return true;
}

static int raw_connect(void) {
    char host[256];
    const char *colon = strrchr(opt.portal, ':');
    if (!colon || (size_t)(colon - opt.portal) >= sizeof host) fail("--portal wants HOST:PORT, not %s", opt.portal);
    memcpy(host, opt.portal, (size_t)(colon - opt.portal));
    host[colon - opt.portal] = 0;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found;
    int code = getaddrinfo(host, colon + 1, &hints, &found);
    if (code) fail("%s: %s", opt.portal, gai_strerror(code));
    int fd = socket(found->ai_family, SOCK_STREAM, 0), one = 1;
    if (fd < 0) fail("socket: %s", strerror(errno));
    int refused = connect(fd, found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
    if (refused) {
        close(fd);
        return -1;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return fd;
}

static const char *key_value(const char *text, size_t bytes, const char *key) {
    size_t length = strlen(key);
    for (const char *p = text; p < text + bytes; p += strlen(p) + 1)
        if (!strncmp(p, key, length) && p[length] == '=') return p + length + 1;
    return NULL;
}

static size_t add_key(char *text, size_t at, const char *key, const char *value) {
    return at + (size_t)sprintf(text + at, "%s=%s", key, value) + 1;
}

/* Straight to the operational stage: AuthMethod=None needs no security stage (RFC 7143 6.3). */
static bool raw_login(struct raw *s) {
    char text[4096] = {0};
    size_t bytes = 0;
    bytes = add_key(text, bytes, "InitiatorName", opt.initiator);
    bytes = add_key(text, bytes, "SessionType", "Normal");
    bytes = add_key(text, bytes, "TargetName", opt.target);
    bytes = add_key(text, bytes, "HeaderDigest", "None");
    bytes = add_key(text, bytes, "DataDigest", "None");
    bytes = add_key(text, bytes, "MaxConnections", "1");
    bytes = add_key(text, bytes, "InitialR2T", "Yes");
    bytes = add_key(text, bytes, "ImmediateData", "Yes");
    bytes = add_key(text, bytes, "MaxRecvDataSegmentLength", "262144");
    bytes = add_key(text, bytes, "MaxBurstLength", "262144");
    bytes = add_key(text, bytes, "FirstBurstLength", "262144");
    bytes = add_key(text, bytes, "MaxOutstandingR2T", "1");
    bytes = add_key(text, bytes, "DefaultTime2Wait", "2");
    bytes = add_key(text, bytes, "DefaultTime2Retain", "0");
    bytes = add_key(text, bytes, "ErrorRecoveryLevel", "0");
    s->peer_segment_bytes = 8192;
    s->first_burst_bytes = 65536;
    s->immediate_data = true;
    uint16_t tsih = 0;
    for (int round = 0; round < 10; round++) {
        uint8_t h[BHS] = {0x43, 0x87};
        put24(h + 5, (uint32_t)bytes);
        h[8] = 0x80; /* a random ISID of this process, qualified by the session's index */
        put24(h + 9, (uint32_t)getpid());
        put16(h + 12, (uint32_t)s->id);
        put16(h + 14, tsih);
        put32(h + 24, s->cmd_sn);
        put32(h + 28, s->exp_stat_sn);
        raw_write_all(s->fd, h, BHS);
        raw_write_all(s->fd, text, (bytes + 3) & ~(size_t)3);
        if (!raw_read_all(s->fd, h, BHS)) return false;
        size_t answer_bytes = get24(h + 5);
        char answer[65540] = {0};
        if (answer_bytes > 65536 || !raw_read_all(s->fd, answer, (answer_bytes + 3) & ~(size_t)3)) return false;
        if ((h[0] & 0x3f) != 0x23) fail("login answered with opcode 0x%02x", h[0]);
        if (h[36]) fail("login refused: status %d/%02d", h[36], h[37]);
        tsih = (uint16_t)(h[14] << 8 | h[15]);
        s->exp_stat_sn = get32(h + 24) + 1;
        s->max_cmd_sn = get32(h + 32);
        const char *value;
        if ((value = key_value(answer, answer_bytes, "MaxRecvDataSegmentLength")))
            s->peer_segment_bytes = (uint32_t)atol(value);
        if ((value = key_value(answer, answer_bytes, "FirstBurstLength"))) s->first_burst_bytes = (uint32_t)atol(value);
        if ((value = key_value(answer, answer_bytes, "ImmediateData"))) s->immediate_data = value[0] == 'Y';
        memset(text, 0, sizeof text);
        bytes = 0;
        if ((h[1] & 0x83) == 0x83) return true;
    }
    fail("login did not come to an end");
}

/* A command before the load starts, one at a time; returns the SCSI status. */
static int raw_simple(struct raw *s, const uint8_t *cdb, size_t cdb_bytes, uint8_t *data, uint32_t data_bytes) {
    uint8_t h[BHS] = {0x01, data_bytes ? 0xC1 : 0x81};
    put16(h + 8, (uint32_t)opt.lun);
    put32(h + 16, 0x7fff0000u);
    put32(h + 20, data_bytes);
    put32(h + 24, s->cmd_sn++);
    put32(h + 28, s->exp_stat_sn);
    memcpy(h + 32, cdb, cdb_bytes);
    raw_write_all(s->fd, h, BHS);
    for (;;) {
        uint8_t segment[65540];
        if (!raw_read_all(s->fd, h, BHS)) fail("the target closed the connection");
        uint32_t bytes = get24(h + 5);
        if (bytes > 65536 || !raw_read_all(s->fd, segment, (bytes + 3u) & ~3u)) fail("answer cut short");
        s->max_cmd_sn = get32(h + 32);
        int opcode = h[0] & 0x3f;
        if (opcode == 0x25) {
            uint32_t at = get32(h + 40);
            if (at < data_bytes) memcpy(data + at, segment, bytes < data_bytes - at ? bytes : data_bytes - at);
            if (!(h[1] & 1)) continue;
        } else if (opcode != 0x21) {
            fail("unexpected opcode 0x%02x", opcode);
        }
        s->exp_stat_sn = get32(h + 24) + 1;
        return h[3];
    }
}

static bool raw_open(struct raw *s, int id) {
    *s = (struct raw) {.id = id, .cmd_sn = 1};
    s->fd = raw_connect();
    if (s->fd < 0) return false;
    if (!raw_login(s)) {
        close(s->fd);
        return false;
    }
    return true;
}

/* A PERSISTENT RESERVE OUT with its list as immediate data; returns the SCSI status. */
static int raw_reserve_out(struct raw *s, uint8_t action, uint8_t type, uint64_t key, uint64_t action_key) {
    uint8_t pdu[BHS + 24] = {0x01, 0xA1}, answer[BHS], segment[1024];
    put24(pdu + 5, 24);
    put16(pdu + 8, (uint32_t)opt.lun);
    put32(pdu + 16, 0x7fff0000u);
    put32(pdu + 20, 24);
    put32(pdu + 24, s->cmd_sn++);
    put32(pdu + 28, s->exp_stat_sn);
    pdu[32] = 0x5f;
    pdu[33] = action;
    pdu[34] = type;
    pdu[40] = 24;
    put64(pdu + BHS, key);
    put64(pdu + BHS + 8, action_key);
    raw_write_all(s->fd, pdu, sizeof pdu);
    if (!raw_read_all(s->fd, answer, BHS)) fail("the target closed the connection");
    uint32_t bytes = get24(answer + 5);
    if ((answer[0] & 0x3f) != 0x21) fail("PERSISTENT RESERVE OUT answered with opcode 0x%02x", answer[0]);
    if (bytes > sizeof segment || !raw_read_all(s->fd, segment, (bytes + 3u) & ~3u)) fail("answer cut short");
    s->max_cmd_sn = get32(answer + 32);
    s->exp_stat_sn = get32(answer + 24) + 1;
    return answer[3];
}

/* All sessions share one key; the first one holds the LUN, from whoever had it. */
static void raw_reserve(struct raw *s) {
    const uint64_t key = 0x4b756d65;
    const uint8_t reserve = 1, preempt = 4, register_and_ignore = 6, type = 5, conflict = 0x18;
    int status = raw_reserve_out(s, register_and_ignore, 0, 0, key);
    if (status) fail("REGISTER AND IGNORE EXISTING KEY ends with status 0x%02x", status);
    if (s->id) return;
    status = raw_reserve_out(s, reserve, type, key, 0);
    if (status == conflict) status = raw_reserve_out(s, preempt, type, key, key);
    if (status) fail("RESERVE ends with status 0x%02x", status);
}

static void raw_prepare(struct raw *s) {
    uint8_t ready[6] = {0}, capacity[16] = {0x9e, 0x10}, answer[32] = {0};
    int status = 0;
    for (int tries = 0; tries < 10; tries++) /* unit attentions are reported once each */
        if (!(status = raw_simple(s, ready, sizeof ready, NULL, 0))) break;
    if (status) fail("TEST UNIT READY on LUN %d ends with status 0x%02x", opt.lun, status);
    capacity[13] = sizeof answer;
    status = raw_simple(s, capacity, sizeof capacity, answer, sizeof answer);
    if (status) fail("READ CAPACITY(16) on LUN %d ends with status 0x%02x", opt.lun, status);
    capacity_blocks = get64(answer) + 1;
    logical_block_bytes = get32(answer + 8);
    if (opt.reserve) raw_reserve(s);
    if (opt.block_bytes % logical_block_bytes) fail("--bs is no multiple of the block size %u", logical_block_bytes);
    s->walk = walk_for(s->id);
    s->command = calloc((size_t)opt.depth, sizeof *s->command);
    s->idle = calloc((size_t)opt.depth, sizeof *s->idle);
    s->out = malloc(PDU_RING * sizeof *s->out);
    s->in_capacity = opt.block_bytes >= 32768 ? 2048 : 262144;
    s->in = malloc(s->in_capacity);
    if (!s->command || !s->idle || !s->out || !s->in) fail("out of memory");
    if (fcntl(s->fd, F_SETFL, O_NONBLOCK)) fail("fcntl: %s", strerror(errno));
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = s};
    if (epoll_ctl(raw_epoll, EPOLL_CTL_ADD, s->fd, &event)) fail("epoll_ctl: %s", strerror(errno));
}

static uint8_t *raw_queue(struct raw *s, uint32_t data_bytes) {
    if (s->out_tail - s->out_head == PDU_RING) fail("more than %d PDUs wait to be sent", PDU_RING);
    struct outgoing *pdu = &s->out[s->out_tail++ % PDU_RING];
    memset(pdu->header, 0, BHS);
    put24(pdu->header + 5, data_bytes);
    pdu->data_bytes = data_bytes;
    return pdu->header;
}

static void raw_issue(struct raw *s, int index, uint64_t now_ns) {
    struct command *c = &s->command[index];
    c->is_read = choose_read();
    c->issued_ns = now_ns;
    uint32_t immediate = 0;
    if (!c->is_read && s->immediate_data) {
        immediate = opt.block_bytes;
        if (immediate > s->first_burst_bytes) immediate = s->first_burst_bytes;
        if (immediate > s->peer_segment_bytes) immediate = s->peer_segment_bytes;
    }
    uint8_t *h = raw_queue(s, immediate);
    h[0] = 0x01;
    h[1] = c->is_read ? 0xC1 : 0xA1;
    put16(h + 8, (uint32_t)opt.lun);
    put32(h + 16, (uint32_t)index);
    put32(h + 20, opt.block_bytes);
    put32(h + 24, s->cmd_sn++);
    put32(h + 28, s->exp_stat_sn);
    h[32] = c->is_read ? 0x88 : 0x8a;
    put64(h + 34, walk_lba(&s->walk));
    put32(h + 42, opt.block_bytes / logical_block_bytes);
}

static void raw_issue_idle(struct raw *s, uint64_t now_ns) {
    while (s->idle_count && !sn_after(s->cmd_sn, s->max_cmd_sn))
        raw_issue(s, s->idle[--s->idle_count], now_ns);
}

static void raw_complete(struct raw *s, const uint8_t *h, uint64_t now_ns) {
    uint32_t index = get32(h + 16);
    if (index >= (uint32_t)opt.depth) fail("answer for the unknown task tag 0x%08x", index);
    if (h[3]) fprintf(stderr, "load: a command ended with status 0x%02x\n", h[3]);
    s->exp_stat_sn = get32(h + 24) + 1;
    count_completion(s->command[index].issued_ns, now_ns, s->command[index].is_read, h[3] == 0);
    if (seen.errors > 100) fail("giving up after %llu errors", (unsigned long long)seen.errors);
    s->idle[s->idle_count++] = (int)index;
}

static void raw_solicited(struct raw *s, const uint8_t *r2t) {
    uint32_t offset = get32(r2t + 40), left = get32(r2t + 44), data_sn = 0;
    if ((uint64_t)offset + left > opt.block_bytes) fail("an R2T asks for bytes beyond the command");
    while (left) {
        uint32_t bytes = left < s->peer_segment_bytes ? left : s->peer_segment_bytes;
        uint8_t *h = raw_queue(s, bytes);
        h[0] = 0x05;
        h[1] = bytes == left ? 0x80 : 0;
        memcpy(h + 8, r2t + 8, 16); /* LUN, task tag, transfer tag */
        put32(h + 28, s->exp_stat_sn);
        put32(h + 36, data_sn++);
        put32(h + 40, offset);
        offset += bytes, left -= bytes;
    }
}

static void raw_ping(struct raw *s, const uint8_t *nop_in) {
    if (get32(nop_in + 20) == 0xffffffffu) return;
    uint8_t *h = raw_queue(s, 0);
    h[0] = 0x40;
    h[1] = 0x80;
    memcpy(h + 8, nop_in + 8, 8);
    put32(h + 16, 0xffffffffu);
    memcpy(h + 20, nop_in + 20, 4);
    put32(h + 24, s->cmd_sn);
    put32(h + 28, s->exp_stat_sn);
}

static void raw_pdu(struct raw *s, const uint8_t *h, uint64_t now_ns) {
    uint32_t max_cmd_sn = get32(h + 32);
    if (sn_after(max_cmd_sn, s->max_cmd_sn)) s->max_cmd_sn = max_cmd_sn;
    switch (h[0] & 0x3f) {
        case 0x25:
            if (h[1] & 1) raw_complete(s, h, now_ns);
            break;
        case 0x21:
            if (h[2]) fail("the target failed a command: iSCSI response 0x%02x", h[2]);
            raw_complete(s, h, now_ns);
            break;
        case 0x31:
            raw_solicited(s, h);
            break;
        case 0x20:
            raw_ping(s, h);
            break;
        default:
            fail("unexpected opcode 0x%02x", h[0] & 0x3f);
    }
}

static void raw_send(struct raw *s) {
    while (s->out_head != s->out_tail) {
        struct iovec part[GATHER];
        size_t parts = 0, skip = s->head_sent_bytes;
        for (uint32_t i = s->out_head; i != s->out_tail && parts + 2 < GATHER; i++) {
            struct outgoing *pdu = &s->out[i % PDU_RING];
            size_t padded = (pdu->data_bytes + 3u) & ~3u;
            if (skip < BHS) part[parts++] = (struct iovec) {pdu->header + skip, BHS - skip}, skip = 0;
            else skip -= BHS;
            if (padded) part[parts++] = (struct iovec) {write_pattern + skip, padded - skip};
            skip = 0;
        }
        struct msghdr message = {.msg_iov = part, .msg_iovlen = parts};
        ssize_t sent = sendmsg(s->fd, &message, MSG_NOSIGNAL);
        if (sent < 0 && errno == EAGAIN) break;
        if (sent < 0) fail("send: %s", strerror(errno));
        size_t left = (size_t)sent + s->head_sent_bytes;
        while (s->out_head != s->out_tail) {
            size_t whole = BHS + ((s->out[s->out_head % PDU_RING].data_bytes + 3u) & ~3u);
            if (left < whole) break;
            left -= whole, s->out_head++;
        }
        s->head_sent_bytes = left;
    }
    bool waiting = s->out_head != s->out_tail;
    if (waiting != s->wants_write) {
        struct epoll_event event = {.events = EPOLLIN | (waiting ? EPOLLOUT : 0), .data.ptr = s};
        epoll_ctl(raw_epoll, EPOLL_CTL_MOD, s->fd, &event);
        s->wants_write = waiting;
    }
}

/* Takes what whole PDUs `in` holds; the rest of a long data segment is left to be dropped. */
static void raw_parse(struct raw *s, uint64_t now_ns) {
    size_t at = 0;
    while (s->in_bytes - at >= BHS) {
        const uint8_t *h = s->in + at;
        size_t data = ((size_t)h[4] * 4) + ((get24(h + 5) + 3u) & ~3u);
        size_t have = s->in_bytes - at - BHS;
        if (have >= data) {
            raw_pdu(s, h, now_ns);
            at += BHS + data;
            continue;
        }
        if ((h[0] & 0x3f) == 0x25) {
            memcpy(s->dropped_for, h, BHS);
            s->drop_bytes = data - have;
            at = s->in_bytes;
        }
        break;
    }
    memmove(s->in, s->in + at, s->in_bytes - at);
    s->in_bytes -= at;
}

static void raw_receive(struct raw *s) {
    uint64_t now_ns = 0;
    for (int turns = 0; turns < 8; turns++) {
        bool drop = s->drop_bytes > 0;
        size_t wanted = drop ? s->drop_bytes : s->in_capacity - s->in_bytes;
        if (!wanted) fail("a PDU of opcode 0x%02x is longer than expected", s->in[0]);
        ssize_t n = recv(s->fd, drop ? NULL : s->in + s->in_bytes, wanted, MSG_DONTWAIT | (drop ? MSG_TRUNC : 0));
        if (n < 0 && errno == EAGAIN) break;
        if (n <= 0) fail("the target closed the connection%s%s", n ? ": " : "", n ? strerror(errno) : "");
        now_ns = clock_ns(CLOCK_MONOTONIC);
        if (drop) {
            s->drop_bytes -= (size_t)n;
            if (!s->drop_bytes) raw_pdu(s, s->dropped_for, now_ns);
        } else {
            s->in_bytes += (size_t)n;
            raw_parse(s, now_ns);
        }
        if ((size_t)n < wanted) break;
    }
    if (now_ns) raw_issue_idle(s, now_ns);
    raw_send(s);
}

static void raw_run(struct raw *sessions) {
    uint64_t now_ns = clock_ns(CLOCK_MONOTONIC);
    for (int i = 0; i < opt.sessions; i++) {
        struct raw *s = &sessions[i];
        for (int c = opt.depth; c-- > 0;) s->idle[s->idle_count++] = c;
        raw_issue_idle(s, now_ns);
        raw_send(s);
    }
    while (now_ns < seen.end_ns) {
        struct epoll_event events[64];
        int n = epoll_wait(raw_epoll, events, 64, 100);
        if (n < 0 && errno != EINTR) fail("epoll_wait: %s", strerror(errno));
        for (int i = 0; i < n; i++) raw_receive(events[i].data.ptr);
        now_ns = clock_ns(CLOCK_MONOTONIC);
        window_tick(now_ns);
    }
}

/* ---- The libiscsi initiator ------------------------------------------------------------------------------------ */

struct library;
struct library_command {
    struct library *session;
    struct command command;
    struct scsi_iovec vector;
    uint8_t *buffer;
};
struct library {
    struct iscsi_context *context;
    struct walk walk;
    struct library_command *command;
};

static void library_issue(struct library_command *c);

static void library_done(struct iscsi_context *context, int status, void *data, void *private_data) {
    struct library_command *c = private_data;
    (void)context;
    if (status != SCSI_STATUS_GOOD) fprintf(stderr, "load: a command ended with status 0x%02x\n", (unsigned)status);
    count_completion(c->command.issued_ns, clock_ns(CLOCK_MONOTONIC), c->command.is_read, status == SCSI_STATUS_GOOD);
    if (seen.errors > 100) fail("giving up after %llu errors", (unsigned long long)seen.errors);
    scsi_free_scsi_task(data);
    library_issue(c);
}

static void library_issue(struct library_command *c) {
    struct library *s = c->session;
    uint64_t lba = walk_lba(&s->walk);
    c->command.is_read = choose_read();
    c->command.issued_ns = clock_ns(CLOCK_MONOTONIC);
    c->vector.iov_base = c->command.is_read ? c->buffer : write_pattern;
    c->vector.iov_len = opt.block_bytes;
    struct scsi_task *task = c->command.is_read
        ? iscsi_read16_iov_task(s->context, opt.lun, lba, opt.block_bytes, (int)logical_block_bytes, 0, 0, 0, 0, 0,
                                library_done, c, &c->vector, 1)
        : iscsi_write16_iov_task(s->context, opt.lun, lba, NULL, opt.block_bytes, (int)logical_block_bytes, 0, 0, 0, 0,
                                 0, library_done, c, &c->vector, 1);
    if (!task) fail("libiscsi: %s", iscsi_get_error(s->context));
}

static void library_open(struct library *s, int id) {
    s->context = iscsi_create_context(opt.initiator);
    if (!s->context) fail("libiscsi: no context");
    iscsi_set_targetname(s->context, opt.target);
    iscsi_set_session_type(s->context, ISCSI_SESSION_NORMAL);
    iscsi_set_header_digest(s->context, ISCSI_HEADER_DIGEST_NONE);
    iscsi_set_isid_random(s->context, (uint32_t)getpid() & 0xffffff, (uint32_t)id);
    iscsi_set_noautoreconnect(s->context, 1);
    if (iscsi_full_connect_sync(s->context, opt.portal, opt.lun)) fail("libiscsi: %s", iscsi_get_error(s->context));
    struct scsi_task *task = iscsi_readcapacity16_sync(s->context, opt.lun);
    struct scsi_readcapacity16 *capacity = task ? scsi_datain_unmarshall(task) : NULL;
    if (!capacity) fail("READ CAPACITY(16): %s", iscsi_get_error(s->context));
    capacity_blocks = capacity->returned_lba + 1;
    logical_block_bytes = capacity->block_length;
    scsi_free_scsi_task(task);
    s->walk = walk_for(id);
    s->command = calloc((size_t)opt.depth, sizeof *s->command);
    for (int i = 0; s->command && i < opt.depth; i++) {
        s->command[i].session = s;
        s->command[i].buffer = malloc(opt.block_bytes);
        if (!s->command[i].buffer) fail("out of memory");
    }
}

static void library_run(struct library *sessions) {
    struct pollfd polls[SESSIONS_MAX];
    for (int i = 0; i < opt.sessions; i++)
        for (int c = 0; c < opt.depth; c++) library_issue(&sessions[i].command[c]);
    for (uint64_t now_ns; (now_ns = clock_ns(CLOCK_MONOTONIC)) < seen.end_ns;) {
        window_tick(now_ns);
        for (int i = 0; i < opt.sessions; i++) {
            polls[i].fd = iscsi_get_fd(sessions[i].context);
            polls[i].events = (short)iscsi_which_events(sessions[i].context);
            polls[i].revents = 0;
        }
        if (poll(polls, (nfds_t)opt.sessions, 100) < 0) fail("poll: %s", strerror(errno));
        for (int i = 0; i < opt.sessions; i++)
            if (polls[i].revents && iscsi_service(sessions[i].context, polls[i].revents) < 0)
                fail("libiscsi: %s", iscsi_get_error(sessions[i].context));
    }
}

/* ---- Running --------------------------------------------------------------------------------------------------- */

static void report(void) {
    double commands = (double)seen.commands, rate = commands / opt.seconds;
    printf("{\"label\":\"%s\",\"engine\":\"%s\",\"sessions\":%d,\"qd\":%d,\"bs\":%u,\"pattern\":\"%s\",\"mode\":\"%s\","
           "\"seconds\":%.3f,\"commands\":%llu,\"reads\":%llu,\"commands_ever\":%llu,\"errors\":%llu,"
           "\"iops\":%.1f,\"mb_s\":%.2f,\"mean_us\":%.2f,\"p50_us\":%.2f,\"p99_us\":%.2f,\"p999_us\":%.2f,"
           "\"max_us\":%.1f,\"load_cpu_us\":%.3f,\"server_cpu_us\":%.3f}\n",
           opt.label, opt.engine, opt.sessions, opt.depth, opt.block_bytes, opt.sequential ? "seq" : "rand", opt.mode,
           opt.seconds, (unsigned long long)seen.commands, (unsigned long long)seen.reads,
           (unsigned long long)seen.commands_ever, (unsigned long long)seen.errors, rate, rate * opt.block_bytes / 1e6,
           commands ? (double)seen.latency_sum_ns / commands / 1000 : 0, percentile_us(.50), percentile_us(.99),
           percentile_us(.999), (double)seen.latency_max_ns / 1000,
           commands ? seen.own_cpu_seconds * 1e6 / commands : 0,
           commands ? seen.server_cpu_seconds * 1e6 / commands : 0);
}

static double since_ms(void) {
    uint64_t now = clock_ns(CLOCK_REALTIME);
    return opt.since_ns ? (double)(now - opt.since_ns) / 1e6 : 0.0;
}

static bool raw_login_once(double *login_ms) {
    struct raw session;
    if (!raw_open(&session, 0)) return false;
    *login_ms = since_ms();
    return true;
}

/* With a first command: what a node does next. */
static bool library_login_once(double *login_ms, double *command_ms) {
    struct iscsi_context *context = iscsi_create_context(opt.initiator);
    if (!context) fail("libiscsi: no context");
    iscsi_set_targetname(context, opt.target);
    iscsi_set_session_type(context, ISCSI_SESSION_NORMAL);
    iscsi_set_header_digest(context, ISCSI_HEADER_DIGEST_NONE);
    iscsi_set_noautoreconnect(context, 1);
    bool done = !iscsi_connect_sync(context, opt.portal) && !iscsi_login_sync(context);
    if (done) {
        *login_ms = since_ms();
        for (bool good = false; !good;) { /* unit attentions are reported once each */
            struct scsi_task *task = iscsi_testunitready_sync(context, opt.lun);
            if (!task) fail("TEST UNIT READY: %s", iscsi_get_error(context));
            good = task->status == SCSI_STATUS_GOOD;
            if (!good && task->sense.key != SCSI_SENSE_UNIT_ATTENTION)
                fail("TEST UNIT READY on LUN %d ends with status 0x%02x", opt.lun, (unsigned)task->status);
            scsi_free_scsi_task(task);
        }
        *command_ms = since_ms();
        iscsi_logout_sync(context);
    }
    iscsi_destroy_context(context);
    return done;
}

static void login_only(void) {
    uint64_t give_up_ns = clock_ns(CLOCK_MONOTONIC) + (uint64_t)(opt.retry_seconds * 1e9);
    bool raw = !strcmp(opt.engine, "raw");
    double login_ms = 0, command_ms = 0;
    unsigned attempts = 1;
    while (raw ? !raw_login_once(&login_ms) : !library_login_once(&login_ms, &command_ms)) {
        if (clock_ns(CLOCK_MONOTONIC) > give_up_ns) fail("no login at %s", opt.portal);
        usleep(2000);
        attempts++;
    }
    printf("{\"login_ms\":%.1f,\"command_ms\":%.1f,\"attempts\":%u,\"load_cpu_ms\":%.1f,"
           "\"server_cpu_ms\":%.0f}\n",
           login_ms, command_ms, attempts, own_cpu_seconds() * 1e3, cpu_seconds_of(opt.server_pid) * 1e3);
}

enum option_name { LOGIN_ONLY = 1000, RETRY, SINCE, RESERVE, ONCE };

static const struct option option_names[] = {
    {"engine", 1, 0, 'e'},  {"portal", 1, 0, 'p'},   {"target", 1, 0, 't'},  {"lun", 1, 0, 'l'},
    {"initiator", 1, 0, 'i'}, {"sessions", 1, 0, 'n'}, {"qd", 1, 0, 'q'},      {"bs", 1, 0, 'b'},
    {"rand", 0, 0, 'R'},    {"seq", 0, 0, 'S'},      {"mode", 1, 0, 'm'},    {"mix", 1, 0, 'x'},
    {"region", 1, 0, 'g'},  {"offset", 1, 0, 'o'},   {"seconds", 1, 0, 's'}, {"warmup", 1, 0, 'w'},
    {"pid", 1, 0, 'P'},     {"seed", 1, 0, 'z'},     {"label", 1, 0, 'L'},   {"login-only", 0, 0, LOGIN_ONLY},
    {"retry", 1, 0, RETRY}, {"since", 1, 0, SINCE},  {"reserve", 0, 0, RESERVE}, {"once", 0, 0, ONCE},
    {0, 0, 0, 0},
};

static void parse_options(int argc, char **argv) {
    for (int c; (c = getopt_long(argc, argv, "", option_names, NULL)) != -1;) switch (c) {
        case 'e': opt.engine = optarg; break;
        case 'p': opt.portal = optarg; break;
        case 't': opt.target = optarg; break;
        case 'l': opt.lun = atoi(optarg); break;
        case 'i': opt.initiator = optarg; break;
        case 'n': opt.sessions = atoi(optarg); break;
        case 'q': opt.depth = atoi(optarg); break;
        case 'b': opt.block_bytes = (uint32_t)atol(optarg); break;
        case 'R': opt.sequential = false; break;
        case 'S': opt.sequential = true; break;
        case 'm': opt.mode = optarg; break;
        case 'x': opt.read_percent = atoi(optarg); break;
        case 'g': opt.region_bytes = strtoull(optarg, NULL, 0); break;
        case 'o': opt.offset_bytes = strtoull(optarg, NULL, 0); break;
        case 's': opt.seconds = atof(optarg); break;
        case 'w': opt.warmup_seconds = atof(optarg); break;
        case 'P': opt.server_pid = atoi(optarg); break;
        case 'z': opt.seed = strtoull(optarg, NULL, 0); break;
        case 'L': opt.label = optarg; break;
        case LOGIN_ONLY: opt.login_only = true; break;
        case RESERVE: opt.reserve = true; break;
        case ONCE: opt.once = true; break;
        case RETRY: opt.retry_seconds = atof(optarg); break;
        case SINCE: opt.since_ns = strtoull(optarg, NULL, 0); break;
        default: fputs(usage_text, stderr); exit(2);
    }
    if (!strcmp(opt.mode, "read")) opt.read_percent = 100;
    else if (!strcmp(opt.mode, "write")) opt.read_percent = 0;
    else if (strcmp(opt.mode, "mixed")) fail("--mode is read, write or mixed, not %s", opt.mode);
    if (!*opt.target) fail("--target is missing");
    if (strcmp(opt.engine, "raw") && strcmp(opt.engine, "libiscsi")) fail("no such engine: %s", opt.engine);
    if (opt.sessions < 1 || opt.sessions > SESSIONS_MAX) fail("--sessions lies in 1..%d", SESSIONS_MAX);
    if (opt.depth < 1 || opt.depth > DEPTH_MAX) fail("--qd lies in 1..%d", DEPTH_MAX);
    if (!opt.block_bytes || opt.block_bytes > 16u << 20 || opt.block_bytes % 512) fail("--bs is no multiple of 512");
    if (opt.offset_bytes % opt.block_bytes) fail("--offset is no multiple of --bs");
}

int main(int argc, char **argv) {
    parse_options(argc, argv);
    random_state = opt.seed * 0x9E3779B97F4A7C15u | 1;
    if (opt.login_only) {
        login_only();
        return 0;
    }
    write_pattern = malloc(opt.block_bytes);
    if (!write_pattern) fail("out of memory");
    for (uint32_t i = 0; i < opt.block_bytes; i++) write_pattern[i] = (uint8_t)(random_next() >> 56);
    bool raw = !strcmp(opt.engine, "raw");
    struct raw *raws = calloc((size_t)opt.sessions, sizeof *raws);
    struct library *libraries = calloc((size_t)opt.sessions, sizeof *libraries);
    if (!raws || !libraries || (raw_epoll = epoll_create1(0)) < 0) fail("no memory or no epoll");
    for (int i = 0; i < opt.sessions; i++) {
        if (!raw) {
            library_open(&libraries[i], i);
        } else {
            if (!raw_open(&raws[i], i)) fail("cannot connect and log in to %s: %s", opt.portal, strerror(errno));
            raw_prepare(&raws[i]);
        }
    }
    seen.begin_ns = clock_ns(CLOCK_MONOTONIC) + (uint64_t)(opt.warmup_seconds * 1e9);
    seen.end_ns = seen.begin_ns + (uint64_t)(opt.seconds * 1e9);
    if (raw) raw_run(raws);
    else library_run(libraries);
    window_close();
    report();
    return seen.errors ? 3 : 0;
}
