/*
 * The functions of advapi32.dll that Kume calls, with the structures of winsvc.h and the calling convention of this
 * host. They check what they are given, write down each call, and run a service as Windows does: its main on a thread
 * of its own, its controls on the thread of the dispatcher.
 */
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { INVALID_PARAMETER = 87, SERVICE_DOES_NOT_EXIST = 1060 };

typedef struct {
    uint32_t type, state, controls, exit_code, specific, check_point, wait_hint;
} service_status;

typedef struct {
    uint32_t type, state, controls, exit_code, specific, check_point, wait_hint, process, flags;
} service_status_process;

typedef struct {
    uint32_t type, delay;
} action;

typedef struct {
    uint32_t reset;
    uint16_t *message, *command;
    uint32_t count;
    action *actions;
} failure_actions;

typedef struct {
    uint16_t *name;
    void (*main)(uint32_t, uint16_t **);
} table_entry;

static char log_text[1 << 16];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static uint32_t (*handler)(uint32_t, uint32_t, void *, void *);
static uint32_t state;

static void note(const char *format, ...) {
    va_list values;
    va_start(values, format);
    pthread_mutex_lock(&lock);
    size_t used = strlen(log_text);
    vsnprintf(log_text + used, sizeof log_text - used, format, values);
    pthread_mutex_unlock(&lock);
    va_end(values);
}

/* Good for the Latin letters that the test uses. */
static const char *narrow(const uint16_t *wide, char *text) {
    int i = 0;
    if (!wide) return "NULL";
    for (; wide[i] && i < 255; i++) text[i] = wide[i] < 256 ? (char)wide[i] : '?';
    text[i] = 0;
    return text;
}

static int refuse(int code) {
    errno = code;
    return 0;
}

const char *calls_so_far(void) { return log_text; }

void *OpenSCManagerW(const uint16_t *machine, const uint16_t *database, uint32_t access) {
    note("OpenSCManager %d %d %x\n", machine != NULL, database != NULL, access);
    return (void *)0x7000000000000011;
}

void *OpenServiceW(void *manager, const uint16_t *name, uint32_t access) {
    char text[256];
    note("OpenService %d %s %x\n", manager == (void *)0x7000000000000011, narrow(name, text), access);
    return strcmp(text, "Kume") ? (refuse(SERVICE_DOES_NOT_EXIST), NULL) : (void *)0x7000000000000012;
}

void *CreateServiceW(void *manager, const uint16_t *name, const uint16_t *display, uint32_t access, uint32_t type,
                     uint32_t start, uint32_t error, const uint16_t *path, const uint16_t *group, uint32_t *tag,
                     const uint16_t *dependencies, const uint16_t *account, const uint16_t *password) {
    char a[256], b[256], c[256], d[256];
    note("CreateService %d %s|%s|%x %x %u %u|%s|%d %d %d|%s|%d\n", manager == (void *)0x7000000000000011,
         narrow(name, a), narrow(display, b), access, type, start, error, narrow(path, c), group != NULL, tag != NULL,
         dependencies != NULL, narrow(account, d), password != NULL);
    return (void *)0x7000000000000012;
}

int ChangeServiceConfigW(void *service, uint32_t type, uint32_t start, uint32_t error, const uint16_t *path,
                         const uint16_t *group, uint32_t *tag, const uint16_t *dependencies, const uint16_t *account,
                         const uint16_t *password, const uint16_t *display) {
    char a[256], b[256], c[256];
    note("ChangeServiceConfig %d %x %u %u|%s|%d %d %d|%s|%d|%s\n", service == (void *)0x7000000000000012, type, start,
         error, narrow(path, a), group != NULL, tag != NULL, dependencies != NULL, narrow(account, b),
         password != NULL, narrow(display, c));
    return 1;
}

int ChangeServiceConfig2W(void *service, uint32_t kind, void *information) {
    char text[256];
    if (service != (void *)0x7000000000000012) return refuse(INVALID_PARAMETER);
    if (kind == 1) {
        note("ChangeServiceConfig2 1 %s\n", narrow(*(uint16_t **)information, text));
    } else if (kind == 2) {
        failure_actions *failures = information;
        note("ChangeServiceConfig2 2 reset %u %d %d", failures->reset, failures->message != NULL,
             failures->command != NULL);
        for (uint32_t i = 0; i < failures->count; i++)
            note(" %u:%u", failures->actions[i].type, failures->actions[i].delay);
        note("\n");
    } else {
        note("ChangeServiceConfig2 %u %u\n", kind, *(uint32_t *)information);
    }
    return 1;
}

int StartServiceW(void *service, uint32_t count, const uint16_t **words) {
    note("StartService %d %u %d\n", service == (void *)0x7000000000000012, count, words != NULL);
    return 1;
}

int ControlService(void *service, uint32_t control, service_status *status) {
    memset(status, 0, sizeof *status);
    note("ControlService %d %u\n", service == (void *)0x7000000000000012, control);
    return 1;
}

int QueryServiceStatusEx(void *service, uint32_t level, uint8_t *buffer, uint32_t bytes, uint32_t *needed) {
    if (level || bytes != sizeof(service_status_process) || !needed) return refuse(INVALID_PARAMETER);
    service_status_process status = {.state = 4, .specific = 5, .check_point = 6, .wait_hint = 7, .process = 8};
    memcpy(buffer, &status, sizeof status);
    note("QueryServiceStatusEx %d\n", service == (void *)0x7000000000000012);
    return 1;
}

int DeleteService(void *service) {
    note("DeleteService %d\n", service == (void *)0x7000000000000012);
    return 1;
}

int CloseServiceHandle(void *handle) {
    note("CloseServiceHandle %x\n", (unsigned)(uintptr_t)handle & 0xff);
    return 1;
}

void *RegisterServiceCtrlHandlerExW(const uint16_t *name, uint32_t (*function)(uint32_t, uint32_t, void *, void *),
                                    void *context) {
    char text[256];
    note("RegisterServiceCtrlHandlerEx %s %d\n", narrow(name, text), context != NULL);
    handler = function;
    return (void *)0x7000000000000013;
}

int SetServiceStatus(void *handle, service_status *status) {
    note("SetServiceStatus %d %x %u %x %u/%u %u %u\n", handle == (void *)0x7000000000000013, status->type,
         status->state, status->controls, status->exit_code, status->specific, status->check_point, status->wait_hint);
    pthread_mutex_lock(&lock);
    state = status->state;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
    return 1;
}

static void await(uint32_t wanted) {
    pthread_mutex_lock(&lock);
    while (state != wanted) pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
}

static void *run(void *entry) {
    table_entry *service = entry;
    uint16_t *words[] = {service->name};
    service->main(1, words);
    return NULL;
}

int StartServiceCtrlDispatcherW(table_entry *table) {
    char text[256];
    pthread_t thread;
    if (!table[0].name || table[1].name || table[1].main) return refuse(INVALID_PARAMETER);
    note("StartServiceCtrlDispatcher %s\n", narrow(table[0].name, text));
    pthread_create(&thread, NULL, run, table);
    await(4);
    note("interrogated: %u\n", handler(4, 0, NULL, NULL));
    note("stopped: %u\n", handler(1, 0, NULL, NULL));
    await(1);
    pthread_join(thread, NULL);
    return 1;
}

void *RegisterEventSourceW(const uint16_t *machine, const uint16_t *name) {
    char text[256];
    note("RegisterEventSource %d %s\n", machine != NULL, narrow(name, text));
    return (void *)0x7000000000000014;
}

int ReportEventW(void *source, uint16_t type, uint16_t category, uint32_t id, void *user, uint16_t count,
                 uint32_t bytes, const uint16_t **texts, void *data) {
    char text[256];
    if (count != 1) return refuse(INVALID_PARAMETER);
    note("ReportEvent %d %u %u %u %d %u %s %d\n", source == (void *)0x7000000000000014, type, category, id,
         user != NULL, bytes, narrow(texts[0], text), data != NULL);
    return 1;
}
