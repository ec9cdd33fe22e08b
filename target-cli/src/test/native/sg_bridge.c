/*
 * sg_bridge: lets programs that talk to a SCSI device (sg_persist, sg_turs...) talk to a unit that has no device here.
 *
 * A kernel without iSCSI has no device node to open. Loaded with LD_PRELOAD, this makes the files in the folder
 * KUME_SG_FOLDER devices: one that is opened is a connection to the Unix socket of the same name with ".sock", where
 * somebody with a session carries the commands out. ioctl(SG_IO) is all that such a device knows.
 *
 *   request:  length of the CDB, direction (0 none, 1 out, 2 in), length of the data; CDB; data out
 *   answer:   status, length of the sense data, length of the data; sense data; data in
 *
 * All lengths are 32 bits in the machine's byte order.
 *
 *   cc -shared -fPIC -O2 -Wall -Wextra -o sg_bridge.so sg_bridge.c
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <scsi/sg.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { FILES = 64, CHECK_CONDITION = 2, DRIVER_SENSE = 8 };

static int devices[FILES];
static int device_count;

static int is_device(int fd)
{
    for (int i = 0; i < device_count; i++)
        if (devices[i] == fd)
            return 1;
    return 0;
}

/* Opens a device of ours; -2 when the path is none. */
static int open_device(const char *path)
{
    const char *folder = getenv("KUME_SG_FOLDER");
    if (!folder || strncmp(path, folder, strlen(folder)) != 0 || path[strlen(folder)] != '/')
        return -2;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int length = snprintf(address.sun_path, sizeof address.sun_path, "%s.sock", path);
    if (length >= (int) sizeof address.sun_path || device_count == FILES) {
        errno = ENFILE;
        return -1;
    }
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    if (connect(fd, (struct sockaddr *) &address, sizeof address) != 0) {
        close(fd);
        errno = ENODEV;
        return -1;
    }
    devices[device_count++] = fd;
    return fd;
}

#define OPEN(name)                                                                                                     \
    int name(const char *path, int flags, ...)                                                                         \
    {                                                                                                                  \
        static int (*next)(const char *, int, ...);                                                                    \
        mode_t mode = 0;                                                                                               \
        if (flags & (O_CREAT | O_TMPFILE)) {                                                                           \
            va_list list;                                                                                              \
            va_start(list, flags);                                                                                     \
            mode = va_arg(list, mode_t);                                                                               \
            va_end(list);                                                                                              \
        }                                                                                                              \
        int fd = open_device(path);                                                                                    \
        if (fd != -2)                                                                                                  \
            return fd;                                                                                                 \
        if (!next)                                                                                                     \
            next = (int (*)(const char *, int, ...)) dlsym(RTLD_NEXT, #name);                                          \
        return next(path, flags, mode);                                                                                \
    }

OPEN(open)
OPEN(open64)

/* What the compiler makes of calls without a mode when it checks them (_FORTIFY_SOURCE). */
int __open_2(const char *path, int flags)
{
    return open(path, flags);
}

int __open64_2(const char *path, int flags)
{
    return open64(path, flags);
}

static int transfer(int fd, void *data, size_t length, int out)
{
    for (size_t done = 0; done < length;) {
        ssize_t moved = out ? send(fd, (char *) data + done, length - done, MSG_NOSIGNAL)
                            : recv(fd, (char *) data + done, length - done, 0);
        if (moved <= 0) {
            errno = EIO;
            return -1;
        }
        done += (size_t) moved;
    }
    return 0;
}

static int carry_out(int fd, struct sg_io_hdr *io)
{
    int out = io->dxfer_direction == SG_DXFER_TO_DEV;
    int in = io->dxfer_direction == SG_DXFER_FROM_DEV || io->dxfer_direction == SG_DXFER_TO_FROM_DEV;
    uint32_t request[3] = {io->cmd_len, out ? 1 : in ? 2 : 0, io->dxfer_len};
    uint32_t answer[3];
    unsigned char sense[256];
    if (transfer(fd, request, sizeof request, 1) || transfer(fd, io->cmdp, io->cmd_len, 1)
        || (out && transfer(fd, io->dxferp, io->dxfer_len, 1)) || transfer(fd, answer, sizeof answer, 0))
        return -1;
    if (answer[1] > sizeof sense || answer[2] > io->dxfer_len) {
        errno = EPROTO;
        return -1;
    }
    if (transfer(fd, sense, answer[1], 0) || (in && transfer(fd, io->dxferp, answer[2], 0)))
        return -1;
    uint32_t fits = answer[1] < io->mx_sb_len ? answer[1] : io->mx_sb_len;
    if (fits)
        memcpy(io->sbp, sense, fits);
    io->status = (unsigned char) answer[0];
    io->masked_status = io->status >> 1 & 0x1f;
    io->msg_status = 0;
    io->sb_len_wr = (unsigned char) fits;
    io->host_status = 0;
    io->driver_status = io->status == CHECK_CONDITION ? DRIVER_SENSE : 0;
    io->resid = (int) (io->dxfer_len - answer[2]);
    io->duration = 0;
    io->info = io->status ? SG_INFO_CHECK : SG_INFO_OK;
    return 0;
}

int ioctl(int fd, unsigned long request, ...)
{
    static int (*next)(int, unsigned long, ...);
    va_list list;
    va_start(list, request);
    void *argument = va_arg(list, void *);
    va_end(list);
    if (is_device(fd)) {
        if (request == SG_IO)
            return carry_out(fd, argument);
        errno = ENOTTY;
        return -1;
    }
    if (!next)
        next = (int (*)(int, unsigned long, ...)) dlsym(RTLD_NEXT, "ioctl");
    return next(fd, request, argument);
}

int close(int fd)
{
    static int (*next)(int);
    for (int i = 0; i < device_count; i++)
        if (devices[i] == fd)
            devices[i--] = devices[--device_count];
    if (!next)
        next = (int (*)(int)) dlsym(RTLD_NEXT, "close");
    return next(fd);
}
