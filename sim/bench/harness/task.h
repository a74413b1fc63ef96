// SPDX-License-Identifier: Apache-2.0
// A coroutine that another one can await, and the awaitable bus accesses of a hart.
#ifndef AMPSIM_BENCH_TASK_H
#define AMPSIM_BENCH_TASK_H

#include <coroutine>
#include <cstdint>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <string>
#include <utility>

#include "core_port.h"

// Runs when awaited, and goes on with its awaiter when it ends.
class Task {
 public:
  struct promise_type {
    std::coroutine_handle<> awaiter = std::noop_coroutine();
    std::exception_ptr error;

    struct Ended {
      bool await_ready() noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> h) noexcept {
        return h.promise().awaiter;
      }
      void await_resume() noexcept {}
    };

    Task get_return_object() {
      return Task(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    Ended final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { error = std::current_exception(); }
  };

  explicit Task(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Task(const Task&) = delete;
  ~Task() { if (handle_) handle_.destroy(); }

  bool await_ready() const { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiter) {
    handle_.promise().awaiter = awaiter;
    return handle_;
  }
  void await_resume() const { if (handle_.promise().error) rethrow(); }

  std::coroutine_handle<> handle() const { return handle_; }
  bool done() const { return handle_.done(); }
  void rethrow() const {
    if (handle_.promise().error) std::rethrow_exception(handle_.promise().error);
  }

 private:
  std::coroutine_handle<promise_type> handle_;
};

// What each hart goes on with when its request has ended.
inline std::coroutine_handle<> suspended[CORE_HARTS];

// One request of a hart; the result of the co_await is the hart's state.
struct Access {
  int hart;
  int kind;

  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> caller) const {
    suspended[hart] = caller;
    core_port_post(hart, kind);
  }
  core_hart& await_resume() const {
    core_hart& h = *core_port_hart(hart);
    if (h.response) throw std::runtime_error("bus fault, response " + std::to_string(h.response));
    return h;
  }
};

inline Access access(int hart, int kind, uint32_t address, uint32_t length) {
  core_hart& h = *core_port_hart(hart);
  h.address = address;
  h.length = length;
  return {hart, kind};
}

inline Access load(int hart, uint32_t address) { return access(hart, CORE_LOAD, address, 4); }

inline Access store(int hart, uint32_t address, uint32_t value) {
  core_port_hart(hart)->value = value;
  return access(hart, CORE_STORE, address, 4);
}

inline Access read(int hart, uint32_t address, uint32_t length) {
  if (core_port_reserve(hart, length)) throw std::bad_alloc();
  return access(hart, CORE_READ, address, length);
}

inline Access write(int hart, uint32_t address, const void* data, uint32_t length) {
  if (core_port_reserve(hart, length)) throw std::bad_alloc();
  std::memcpy(core_port_hart(hart)->data, data, length);
  return access(hart, CORE_WRITE, address, length);
}

// Waits for `clocks`, or for ever, or for a line of `mask`.
inline Access wait(int hart, uint32_t clocks, bool forever, uint8_t mask) {
  core_hart& h = *core_port_hart(hart);
  h.forever = forever;
  h.mask = mask;
  return access(hart, CORE_WAIT, 0, clocks);
}

#endif
