/*
 * reference: the least iSCSI target that serves one file with pread and pwrite, in one thread, for comparison only.
 *
 * It answers "what would a C program pay for the same system calls?": PDUs are parsed in place in the receive buffer,
 * reads go straight behind their header in the output buffer, writes go from the receive buffer to the file, and all
 * answers of a batch leave in one send. It has no access control, no error recovery and trusts its peer. Never use it
 * to store anything.
 *
 *   cc -O2 -Wall -Wextra -o reference reference.c && ./reference PORT FILE
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BHS = 48, SEGMENT = 262144, WINDOW = 128, PEERS = 128, IN_BYTES = SEGMENT + 4096, OUT_BYTES = SEGMENT + 65536 };

struct write_task { uint32_t expected, received, data_sn; uint64_t offset; bool used; };
struct read_task { uint8_t command[BHS]; uint32_t done, length, data_sn; uint64_t offset; bool active; };

struct peer {
    int fd;
    bool full_feature;
    uint32_t stat_sn, exp_cmd_sn, segment_bytes;
    size_t in_bytes, out_bytes, out_sent;
    struct write_task writes[WINDOW];
    struct read_task read; /* the one read that did not fit into the output buffer */
    uint8_t in[IN_BYTES], out[OUT_BYTES];
};

static int file;
static uint64_t file_bytes;

static void put24(uint8_t *p, uint32_t v) { p[0] = (uint8_t)(v >> 16), p[1] = (uint8_t)(v >> 8), p[2] = (uint8_t)v; }
static void put32(uint8_t *p, uint32_t v) { v = htonl(v), memcpy(p, &v, 4); }
static uint32_t get24(const uint8_t *p) { return (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2]; }
static uint32_t get32(const uint8_t *p) { uint32_t v; memcpy(&v, p, 4); return ntohl(v); }
static uint64_t get64(const uint8_t *p) { return (uint64_t)get32(p) << 32 | get32(p + 4); }
static size_t padded(size_t n) { return (n + 3) & ~(size_t)3; }

static void fail(const char *what) { perror(what), exit(1); }

/* A header at the end of the output, its sequence numbers filled in; `status` says whether it carries status. */
static uint8_t *answer(struct peer *p, int opcode, const uint8_t *request, size_t data_bytes, bool status) {
    uint8_t *h = p->out + p->out_bytes;
    memset(h, 0, BHS);
    h[0] = (uint8_t)opcode;
    h[1] = 0x80;
    put24(h + 5, (uint32_t)data_bytes);
    memcpy(h + 16, request + 16, 4);
    if (status) put32(h + 24, p->stat_sn++);
    put32(h + 28, p->exp_cmd_sn);
    put32(h + 32, p->exp_cmd_sn + WINDOW - 1);
    p->out_bytes += BHS + padded(data_bytes);
    return h;
}

static void good(struct peer *p, const uint8_t *request) { answer(p, 0x21, request, 0, true); }

/* CHECK CONDITION, ILLEGAL REQUEST, with the additional sense code given. */
static void refuse(struct peer *p, const uint8_t *request, uint8_t code) {
    uint8_t *h = answer(p, 0x21, request, 20, true);
    h[3] = 2;
    memset(h + BHS, 0, 20);
    h[BHS + 1] = 18, h[BHS + 2] = 0x70, h[BHS + 4] = 5, h[BHS + 9] = 10, h[BHS + 14] = code;
}

static void small_data(struct peer *p, const uint8_t *request, const void *data, uint32_t bytes) {
    uint32_t expected = get32(request + 20), sent = bytes < expected ? bytes : expected;
    uint8_t *h = answer(p, 0x25, request, sent, true);
    h[1] = 0x81 | (sent < expected ? 2 : 0);
    put32(h + 44, expected - sent);
    memset(h + BHS, 0, padded(sent));
    memcpy(h + BHS, data, sent);
}

/* Data-In for as much as the output buffer takes; status rides on the last PDU. */
static void read_on(struct peer *p) {
    struct read_task *r = &p->read;
    while (r->active) {
        uint32_t bytes = r->length - r->done;
        if (bytes > p->segment_bytes) bytes = p->segment_bytes;
        if (OUT_BYTES - p->out_bytes < BHS + padded(bytes)) return;
        bool last = r->done + bytes == r->length;
        uint8_t *h = answer(p, 0x25, r->command, bytes, last);
        h[1] = last ? 0x81 : 0;
        put32(h + 20, 0xffffffffu);
        put32(h + 36, r->data_sn++);
        put32(h + 40, r->done);
        if (pread(file, h + BHS, bytes, (off_t)(r->offset + r->done)) != (ssize_t)bytes) fail("pread");
        r->done += bytes;
        r->active = !last;
    }
}

static void ask_for_data(struct peer *p, const uint8_t *command, struct write_task *w) {
    uint32_t bytes = w->expected - w->received;
    if (bytes > SEGMENT) bytes = SEGMENT;
    uint8_t *h = answer(p, 0x31, command, 0, false);
    memcpy(h + 8, command + 8, 8);
    put32(h + 20, (uint32_t)(w - p->writes));
    put32(h + 24, p->stat_sn);
    put32(h + 36, w->data_sn++);
    put32(h + 40, w->received);
    put32(h + 44, bytes);
}

static void store(const uint8_t *data, uint32_t bytes, uint64_t offset) {
    if (pwrite(file, data, bytes, (off_t)offset) != (ssize_t)bytes) fail("pwrite");
}

static void start_write(struct peer *p, const uint8_t *h, uint64_t offset, uint32_t length) {
    uint32_t immediate = get24(h + 5);
    if (immediate) store(h + BHS, immediate, offset);
    if (immediate >= length) {
        good(p, h);
        return;
    }
    struct write_task *w = p->writes;
    while (w->used) w++; /* the command window keeps one free */
    *w = (struct write_task) {.expected = length, .received = immediate, .offset = offset, .used = true};
    ask_for_data(p, h, w);
}

static void data_out(struct peer *p, const uint8_t *h) {
    uint32_t index = get32(h + 20), bytes = get24(h + 5);
    if (index >= WINDOW || !p->writes[index].used) return;
    struct write_task *w = &p->writes[index];
    store(h + BHS, bytes, w->offset + get32(h + 40));
    w->received += bytes;
    if (!(h[1] & 0x80)) return;
    if (w->received < w->expected) {
        ask_for_data(p, h, w);
        return;
    }
    w->used = false;
    good(p, h);
}

static void command(struct peer *p, const uint8_t *h) {
    const uint8_t *cdb = h + 32;
    uint64_t lba = 0;
    uint32_t blocks = 0;
    if (!(h[0] & 0x40)) p->exp_cmd_sn++;
    switch (cdb[0]) {
        case 0x00: good(p, h); return;
        case 0x12: {
            static const uint8_t inquiry[36] = {0, 0, 5, 2, 31, 0, 0, 2, 'K', 'U', 'M', 'E', ' ', ' ', ' ', ' ', 'C'};
            if (cdb[1] & 1) refuse(p, h, 0x24);
            else small_data(p, h, inquiry, sizeof inquiry);
            return;
        }
        case 0xa0: {
            static const uint8_t luns[16] = {0, 0, 0, 8};
            small_data(p, h, luns, sizeof luns);
            return;
        }
        case 0x9e: {
            uint8_t capacity[32] = {0};
            put32(capacity, (uint32_t)((file_bytes / 512 - 1) >> 32));
            put32(capacity + 4, (uint32_t)(file_bytes / 512 - 1));
            put32(capacity + 8, 512);
            small_data(p, h, capacity, sizeof capacity);
            return;
        }
        case 0x28: case 0x2a: lba = get32(cdb + 2), blocks = (uint32_t)cdb[7] << 8 | cdb[8]; break;
        case 0x88: case 0x8a: lba = get64(cdb + 2), blocks = get32(cdb + 10); break;
        default: refuse(p, h, 0x20); return;
    }
    if (lba > file_bytes / 512 || blocks > file_bytes / 512 - lba || blocks * 512u != get32(h + 20) || !blocks) {
        refuse(p, h, 0x21);
    } else if (cdb[0] & 2) {
        start_write(p, h, lba * 512, blocks * 512);
    } else {
        p->read = (struct read_task) {.length = blocks * 512, .offset = lba * 512, .active = true};
        memcpy(p->read.command, h, BHS);
        read_on(p);
    }
}

static void login(struct peer *p, const uint8_t *h) {
    static const char keys[] =
        "HeaderDigest=None\0DataDigest=None\0MaxConnections=1\0InitialR2T=Yes\0ImmediateData=Yes\0"
        "MaxRecvDataSegmentLength=262144\0MaxBurstLength=262144\0FirstBurstLength=262144\0MaxOutstandingR2T=1\0"
        "DefaultTime2Wait=2\0DefaultTime2Retain=0\0ErrorRecoveryLevel=0\0TargetPortalGroupTag=1";
    int current = h[1] >> 2 & 3;
    size_t bytes = current == 1 ? sizeof keys : 0;
    for (const char *k = (const char *)h + BHS, *end = k + get24(h + 5); k < end; k += strlen(k) + 1)
        if (!strncmp(k, "MaxRecvDataSegmentLength=", 25)) p->segment_bytes = (uint32_t)atol(k + 25);
    if (p->segment_bytes > SEGMENT) p->segment_bytes = SEGMENT;
    p->exp_cmd_sn = get32(h + 24);
    uint8_t *a = answer(p, 0x23, h, bytes, true);
    a[1] = h[1] & 0x8f;
    memcpy(a + 8, h + 8, 6);
    a[15] = 1;
    memset(a + BHS, 0, padded(bytes));
    memcpy(a + BHS, keys, bytes);
    p->full_feature = (h[1] & 0x83) == 0x83;
}

static bool handle(struct peer *p, const uint8_t *h) {
    switch (h[0] & 0x3f) {
        case 0x03: login(p, h); return true;
        case 0x01: command(p, h); return true;
        case 0x05: data_out(p, h); return true;
        case 0x00:
            if (!(h[0] & 0x40)) p->exp_cmd_sn++;
            if (get32(h + 16) != 0xffffffffu) put32(answer(p, 0x20, h, 0, true) + 20, 0xffffffffu);
            return true;
        case 0x06: answer(p, 0x26, h, 0, true); return true;
        default: return false;
    }
}

/* One turn: receive once, answer all whole PDUs, send once. False when the peer is to be forgotten. */
static bool turn(struct peer *p, bool readable) {
    if (readable) {
        ssize_t n = recv(p->fd, p->in + p->in_bytes, IN_BYTES - p->in_bytes, 0);
        if (n == 0 || (n < 0 && errno != EAGAIN)) return false;
        if (n > 0) p->in_bytes += (size_t)n;
    }
    for (bool more = true; more;) {
        size_t at = 0;
        while (!p->read.active && p->in_bytes - at >= BHS && OUT_BYTES - p->out_bytes >= 16384) {
            const uint8_t *h = p->in + at;
            size_t whole = BHS + h[4] * 4u + padded(get24(h + 5));
            if (whole > IN_BYTES) return false;
            if (p->in_bytes - at < whole) break;
            if (!handle(p, h)) return false;
            at += whole;
        }
        memmove(p->in, p->in + at, p->in_bytes - at);
        p->in_bytes -= at;
        if (p->out_bytes == 0) return true;
        ssize_t n = send(p->fd, p->out + p->out_sent, p->out_bytes - p->out_sent, MSG_NOSIGNAL);
        if (n < 0 && errno != EAGAIN) return false;
        if (n > 0) p->out_sent += (size_t)n;
        if (p->out_sent < p->out_bytes) return true;
        p->out_sent = p->out_bytes = 0;
        more = p->read.active || at > 0;
        read_on(p);
    }
    return true;
}

int main(int argc, char **argv) {
    struct stat st;
    if (argc != 3) return fputs("usage: reference PORT FILE\n", stderr), 2;
    if ((file = open(argv[2], O_RDWR | O_CLOEXEC)) < 0 || fstat(file, &st)) fail(argv[2]);
    file_bytes = (uint64_t)st.st_size;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1]))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 64)) fail(argv[1]);
    struct peer *peers[PEERS];
    struct pollfd polls[PEERS + 1] = {{.fd = listener, .events = POLLIN}};
    for (int count = 0;;) {
        for (int i = 0; i < count; i++) {
            bool waits = peers[i]->out_bytes > 0; /* receive pauses while output waits */
            polls[i + 1] = (struct pollfd) {.fd = peers[i]->fd, .events = waits ? POLLOUT : POLLIN};
        }
        if (poll(polls, (nfds_t)count + 1, -1) < 0) fail("poll");
        for (int i = count; i-- > 0;) {
            if (!polls[i + 1].revents || turn(peers[i], polls[i + 1].revents & (POLLIN | POLLHUP | POLLERR))) continue;
            close(peers[i]->fd);
            free(peers[i]);
            peers[i] = peers[--count];
            if (i < count) polls[i + 1] = polls[count + 1];
        }
        int fd = polls[0].revents && count < PEERS ? accept4(listener, NULL, NULL, SOCK_NONBLOCK) : -1;
        if (fd < 0) continue;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        struct peer *p = peers[count++] = calloc(1, sizeof *p);
        if (!p) fail("calloc");
        p->fd = fd;
        p->segment_bytes = 8192;
    }
}
