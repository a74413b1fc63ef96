// SPDX-License-Identifier: Apache-2.0
// Casts as vvp makes them: across bases, down, up through a virtual base, and to no base at all.
#include <cstdio>
#include <cstdlib>

struct net { virtual ~net() {} long a = 1; };
struct value { virtual ~value() {} long b = 2; };
struct shared { virtual ~shared() {} long c = 3; };
struct wire : net, value {};
struct left : virtual shared { long d = 4; };
struct right : virtual shared { long e = 5; };
struct both : left, right, value {};
struct lone : net {};

template <class To, class From> void show(const char *name, From *object) {
  void *whole = dynamic_cast<void *>(object), *found = dynamic_cast<To *>(object);
  printf("%s %d\n", name, found ? (int)((char *)found - (char *)whole) : -1);
}

int main() {
  for (int round = 0; round < 3; round++) {
    wire w;
    both b;
    lone l;
    show<value>("a wire's net to its value", (net *)&w);
    show<wire>("a wire's value to the wire", (value *)&w);
    show<shared>("a wire's net to something shared", (net *)&w);
    show<right>("left to right", (left *)&b);
    show<left>("shared to left", (shared *)&b);
    show<both>("value to both", (value *)&b);
    show<net>("value of both to a net", (value *)&b);
    show<value>("a lone net to a value", (net *)&l);
    show<lone>("a lone net to what it is", (net *)&l);
  }
  const char *list = getenv("LD_PRELOAD");
  printf("LD_PRELOAD %s\n", list ? list : "unset");
}
