#pragma once

#include <unisono/core/executor.hpp>
#include <unisono/core/result.hpp>

#include <atomic>
#include <concepts>
#include <functional>
#include <memory>
#include <mutex>
#include <system_error>
#include <type_traits>
#include <utility>

namespace unisono::inline v0 {

namespace detail {

/// The way of late answers to a session's shard; shut when the session is over, for the shard may go then.
class reply_gate {
public:
    explicit reply_gate(executor& home) noexcept : home_(&home) {}

    void post(task work) {
        std::lock_guard const lock{mutex_};
        if (home_)
            home_->post(std::move(work));
    }
    bool running_here() {
        std::lock_guard const lock{mutex_};
        return home_ && home_->running_here();
    }
    void shut() {
        std::lock_guard const lock{mutex_};
        home_ = nullptr;
    }

private:
    std::mutex mutex_;
    executor* home_;
};

} // namespace detail

template <class T, class... Args>
class host_hook;

/// The duty to answer one question of a session. May be copied, kept, and called from any thread, now or
/// later: only the first answer counts. When the last copy goes without one, the answer is
/// std::errc::operation_canceled.
template <class T>
class host_reply {
public:
    host_reply(std::shared_ptr<detail::reply_gate> way, std::function<void(result<T>)> then)
        : state_(std::make_shared<state>(std::move(way), std::move(then))) {}

    void operator()(result<T> answer) const { state_->answer(std::move(answer)); }

private:
    template <class, class...>
    friend class host_hook;

    struct state {
        std::shared_ptr<detail::reply_gate> way;
        std::function<void(result<T>)> then;
        std::atomic<bool> answered{false};
        bool asking = false; ///< the hook has not returned; looked at on the session's shard only

        state(std::shared_ptr<detail::reply_gate> w, std::function<void(result<T>)> t)
            : way(std::move(w)), then(std::move(t)) {}
        ~state() { answer(std::make_error_code(std::errc::operation_canceled)); }

        void answer(result<T> with) {
            if (answered.exchange(true))
                return;
            if (way->running_here() && asking)
                then(std::move(with));
            else // not from inside whatever else the shard is doing
                way->post([then = std::move(then), with = std::move(with)] { then(with); });
        }
    };

    std::shared_ptr<state> state_;
};

/// A decision of the host's. Made from a function that returns it, or from one that takes a host_reply<T>
/// behind the other arguments and answers later:
///
///     [](publisher const& who, ...) -> std::error_code { ... }
///     [](publisher const& who, ..., host_reply<void> reply) { ask_database(..., reply); }
///
/// What is passed by reference or as a view is valid during the call. The function must not block.
template <class T, class... Args>
class host_hook {
public:
    host_hook() = default;

    template <class Decide>
    requires std::is_invocable_v<Decide&, Args...> host_hook(Decide decide)
        : call_([decide = std::move(decide)](Args... args, host_reply<T> const& reply) mutable {
              reply(as_result(decide(std::forward<Args>(args)...)));
          }) {}

    template <class Ask>
    requires std::is_invocable_v<Ask&, Args..., host_reply<T>> host_hook(Ask ask) : call_(std::move(ask)) {}

    explicit operator bool() const noexcept { return static_cast<bool>(call_); }

    /// Precondition: not empty. On the session's shard.
    void operator()(Args... args, host_reply<T> reply) const {
        auto const question = reply.state_;
        question->asking = true;
        struct turn {
            bool& asking;
            ~turn() { asking = false; }
        } const guard{question->asking};
        call_(std::forward<Args>(args)..., std::move(reply));
    }

private:
    static result<T> as_result(result<T> decision) { return decision; }
    template <class E>
    requires(std::same_as<E, std::error_code> && !std::is_void_v<T>) static result<T> as_result(E error) {
        return error ? result<T>{error} : result<T>{T{}};
    }

    std::function<void(Args..., host_reply<T>)> call_;
};

} // namespace unisono::inline v0
