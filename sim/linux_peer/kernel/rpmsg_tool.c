/* SPDX-License-Identifier: Apache-2.0
 * User space of the kernel of --host linux: messages through /dev/rpmsg* and /dev/ttyRPMSG*, and
 * the ioctls of /dev/rpmsg_ctrl0. Results go to the console as "bench: NAME WORDS".
 *
 *   rpmsg_tool echo DEVICE COUNT [BYTES]   round trips, each compared; min, average and max time
 *   rpmsg_tool tty DEVICE TEXT             what comes back for a line
 *   rpmsg_tool sizes DEVICE                the longest message, and one byte more
 *   rpmsg_tool burst DEVICE COUNT          sends all, then reads what came back
 *   rpmsg_tool flood DEVICE COUNT          sends until it fails
 *   rpmsg_tool full DEVICE TTY             writes that would have to wait for a buffer
 *   rpmsg_tool errors DEVICE DST           what the devices refuse, and how
 *   rpmsg_tool endpoint NAME SRC DST       makes an endpoint, echoes through it, destroys it
 *   rpmsg_tool channel NAME SRC DST        makes a channel and releases it
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

/* include/uapi/linux/rpmsg.h */
struct rpmsg_endpoint_info {
  char name[32];
  uint32_t src, dst;
};
#define CREATE_EPT _IOW(0xb5, 0x1, struct rpmsg_endpoint_info)
#define DESTROY_EPT _IO(0xb5, 0x2)
#define CREATE_DEV _IOW(0xb5, 0x3, struct rpmsg_endpoint_info)
#define RELEASE_DEV _IOW(0xb5, 0x4, struct rpmsg_endpoint_info)
#define OUTGOING_FLOW _IOR(0xb5, 0x5, int)
#define INCOMING_FLOW _IOR(0xb5, 0x6, int)
#define NO_COMMAND _IO(0xb5, 0x7f)

#define ANY UINT32_MAX
enum { MTU = 496, DEVICES = 8, IDLE_MS = 300, RAW_ADDRESS = 0x400 };

static void say(const char *format, ...) {
  va_list words;
  va_start(words, format);
  printf("bench: ");
  vprintf(format, words);
  printf("\n");
  va_end(words);
}

static int fail(const char *what) {
  say("failed %s: %s", what, strerror(errno));
  return 1;
}

static int64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Bytes that differ from message to message. */
static void fill(char *data, size_t length, int number) {
  for (size_t i = 0; i < length; i++) data[i] = (char)('a' + (i * 7 + (size_t)number) % 26);
}

static int echo(int file, int count, size_t length, const char *name) {
  char sent[MTU], got[MTU + 16];
  int64_t least = INT64_MAX, most = 0, sum = 0;
  int number, same = 0;
  for (number = 0; number < count; number++) {
    fill(sent, length, number);
    int64_t begin = now_ns();
    if (write(file, sent, length) != (ssize_t)length) return fail("write");
    ssize_t n = read(file, got, sizeof got);
    if (n < 0) return fail("read");
    int64_t span = now_ns() - begin;
    same += n == (ssize_t)length && !memcmp(sent, got, length);
    if (span < least) least = span;
    if (span > most) most = span;
    sum += span;
  }
  say("%s %d of %d came back, min %lld avg %lld max %lld ns", name, same, count, (long long)least,
      (long long)(sum / count), (long long)most);
  return same != count;
}

static int tty(const char *device, const char *text) {
  struct termios raw;
  char got[2048];
  size_t length = strlen(text), have = 0;
  int file = open(device, O_RDWR | O_NOCTTY);
  if (file < 0) return fail(device);
  tcgetattr(file, &raw);
  cfmakeraw(&raw);
  tcsetattr(file, TCSANOW, &raw);
  if (write(file, text, length) != (ssize_t)length) return fail("write");
  while (have < length) {
    ssize_t n = read(file, got + have, sizeof got - 1 - have);
    if (n <= 0) return fail("read");
    have += (size_t)n;
  }
  got[have] = 0;
  say("tty %s", got);
  return strcmp(got, text) != 0;
}

static int sizes(const char *device) {
  char data[MTU + 1];
  int file = open(device, O_RDWR);
  if (file < 0) return fail(device);
  fill(data, sizeof data, 0);
  ssize_t most = write(file, data, MTU);
  say("write(%d) %zd", MTU, most);
  say("read %zd", read(file, data, sizeof data));
  ssize_t more = write(file, data, MTU + 1);
  say("write(%d) %zd %s", MTU + 1, more, more < 0 ? strerror(errno) : "");
  return most != MTU || more >= 0;
}

static int burst(const char *device, int count) {
  char data[MTU];
  int sent = 0, got = 0, file = open(device, O_RDWR);
  if (file < 0) return fail(device);
  for (int i = 0; i < count; i++) {
    fill(data, 8, i);
    sent += write(file, data, 8) == 8;
  }
  struct pollfd wait = {file, POLLIN, 0};
  while (poll(&wait, 1, IDLE_MS) > 0 && read(file, data, sizeof data) > 0) got++;
  say("burst %d sent, %d came back", sent, got);
  return sent != count || got != count;
}

static int flood(const char *device, int count) {
  char data[8];
  int sent = 0, file = open(device, O_RDWR);
  if (file < 0) return fail(device);
  int64_t begin = now_ns();
  for (; sent < count; sent++) {
    fill(data, sizeof data, sent);
    begin = now_ns();
    if (write(file, data, sizeof data) < 0) break;
  }
  int why = errno;
  say("flood %d sent, then errno %d after %lld ms", sent, why,
      (long long)((now_ns() - begin) / 1000000));
  return 0;
}

/* The device of the endpoint of that name, as the ioctl does not say its number. */
static int open_endpoint(const char *name) {
  for (int number = DEVICES - 1; number >= 0; number--) {
    char path[64], found[40] = "";
    snprintf(path, sizeof path, "/sys/class/rpmsg/rpmsg%d/name", number);
    FILE *file = fopen(path, "r");
    if (!file) continue;
    int known = fscanf(file, "%31s", found) == 1 && !strcmp(found, name);
    fclose(file);
    snprintf(path, sizeof path, "/dev/rpmsg%d", number);
    if (known) return open(path, O_RDWR);
  }
  errno = ENODEV;
  return -1;
}

static int endpoint(int control, struct rpmsg_endpoint_info *info) {
  if (ioctl(control, CREATE_EPT, info)) return fail("create endpoint");
  int file = open_endpoint(info->name);
  if (file < 0) return fail("open endpoint");
  int bad = echo(file, 10, 32, "endpoint");
  if (ioctl(file, DESTROY_EPT)) return fail("destroy endpoint");
  close(file);
  say("endpoint destroyed");
  return bad;
}

/* What a call has returned. */
static void told(const char *what, long found) {
  say("%s %ld%s%s", what, found, found < 0 ? " " : "", found < 0 ? strerror(errno) : "");
}

static int events(int file, int timeout_ms, int wanted) {
  struct pollfd wait = {file, (short)wanted, 0};
  poll(&wait, 1, timeout_ms);
  return wait.revents;
}

static void device_errors(const char *device) {
  char data[MTU + 1];
  int state = 7, all = POLLIN | POLLPRI | POLLOUT | POLLRDNORM;
  int file = open(device, O_RDWR | O_NONBLOCK);
  told("second open", open(device, O_RDWR));
  fill(data, sizeof data, 0);
  told("read of nothing", read(file, data, MTU));
  told("poll of nothing", events(file, 0, all));
  told("one byte too many", write(file, data, MTU + 1));
  told("empty message", write(file, data, 0));
  events(file, IDLE_MS, POLLIN);
  told("poll of a message", events(file, 0, all));
  told("read of it", read(file, data, MTU));
  told("message", write(file, data, 32));
  events(file, IDLE_MS, POLLIN);
  told("read of a part", read(file, data, 5));
  told("read of the rest", read(file, data, MTU));
  told("destroy", ioctl(file, DESTROY_EPT));
  told("flow state to nowhere", ioctl(file, OUTGOING_FLOW, NULL));
  told("flow state", ioctl(file, OUTGOING_FLOW, &state));
  told("is", state);
  told("flow restricted", ioctl(file, INCOMING_FLOW, 1));
  told("flow unknown", ioctl(file, INCOMING_FLOW, 2));
  told("unknown command", ioctl(file, NO_COMMAND));
  close(file);
}

/* Makes and opens an endpoint; -1 where that fails. */
static int opened(int control, const char *name, uint32_t src, uint32_t dst) {
  struct rpmsg_endpoint_info info = {.src = src, .dst = dst};
  snprintf(info.name, sizeof info.name, "%s", name);
  told(name, ioctl(control, CREATE_EPT, &info));
  int file = open_endpoint(name);
  if (file < 0) told("open", file);
  return file;
}

static void endpoint_errors(int control, uint32_t dst) {
  char data[8];
  fill(data, sizeof data, 0);
  opened(control, "taken", RAW_ADDRESS, dst);
  int file = opened(control, "nowhere", 0x91, ANY);
  told("message to nowhere", write(file, data, sizeof data));
  told("destroy", ioctl(file, DESTROY_EPT));
  told("read", read(file, data, sizeof data));
  told("write", write(file, data, sizeof data));
  told("poll", events(file, 0, POLLIN));
  close(file);
  file = opened(control, "unknown", 0x92, 0x7ff);
  told("message to nobody", write(file, data, sizeof data));
  usleep(10000);
  told("destroy", ioctl(file, DESTROY_EPT));
  close(file);
  file = opened(control, "gone", 0x93, dst);
  told("message that is answered", write(file, data, sizeof data));
  told("destroy", ioctl(file, DESTROY_EPT));
  close(file);
}

static void channel_errors(int control) {
  struct rpmsg_endpoint_info info = {"nobody", ANY, 0x777};
  told("no argument", ioctl(control, CREATE_DEV, NULL));
  told("unknown command", ioctl(control, NO_COMMAND, &info));
  told("release of none", ioctl(control, RELEASE_DEV, &info));
  told("channel", ioctl(control, CREATE_DEV, &info));
  told("the same again", ioctl(control, CREATE_DEV, &info));
  told("release", ioctl(control, RELEASE_DEV, &info));
}

static int errors(const char *device, uint32_t dst) {
  int control = open("/dev/rpmsg_ctrl0", O_RDWR);
  device_errors(device);
  channel_errors(control);
  endpoint_errors(control, dst);
  return 0;
}

static int full(const char *device, const char *line) {
  char data[8];
  fill(data, sizeof data, 0);
  int file = open(device, O_RDWR | O_NONBLOCK), other = open(line, O_RDWR | O_NOCTTY);
  told("write without waiting", write(file, data, sizeof data));
  told("write to the line", write(other, data, sizeof data));
  return 0;
}

static int channel(int control, struct rpmsg_endpoint_info *info) {
  if (ioctl(control, CREATE_DEV, info)) return fail("create channel");
  say("channel created");
  if (ioctl(control, RELEASE_DEV, info)) return fail("release channel");
  say("channel released");
  return 0;
}

int main(int count, char **words) {
  const char *command = count > 2 ? words[1] : "";
  setvbuf(stdout, NULL, _IOLBF, 0);
  if (!strcmp(command, "echo") && count > 3) {
    int file = open(words[2], O_RDWR);
    return file < 0 ? fail(words[2])
                    : echo(file, atoi(words[3]), count > 4 ? (size_t)atoi(words[4]) : 32, "echo");
  }
  if (!strcmp(command, "tty") && count > 3) return tty(words[2], words[3]);
  if (!strcmp(command, "sizes")) return sizes(words[2]);
  if (!strcmp(command, "burst") && count > 3) return burst(words[2], atoi(words[3]));
  if (!strcmp(command, "flood") && count > 3) return flood(words[2], atoi(words[3]));
  if (!strcmp(command, "full") && count > 3) return full(words[2], words[3]);
  if (!strcmp(command, "errors") && count > 3)
    return errors(words[2], (uint32_t)strtoul(words[3], NULL, 0));
  if (count == 5 && (!strcmp(command, "endpoint") || !strcmp(command, "channel"))) {
    struct rpmsg_endpoint_info info = {.src = (uint32_t)strtoul(words[3], NULL, 0),
                                       .dst = (uint32_t)strtoul(words[4], NULL, 0)};
    snprintf(info.name, sizeof info.name, "%s", words[2]);
    int control = open("/dev/rpmsg_ctrl0", O_RDWR);
    if (control < 0) return fail("/dev/rpmsg_ctrl0");
    return command[0] == 'e' ? endpoint(control, &info) : channel(control, &info);
  }
  fprintf(stderr, "rpmsg_tool: unknown command\n");
  return 2;
}
