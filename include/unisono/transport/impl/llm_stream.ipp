#pragma once

#include <unisono/core/config.hpp>
#include <unisono/transport/detail/llm_generation.hpp>
#include <unisono/transport/detail/llm_response.hpp>
#include <unisono/transport/detail/llm_session.hpp>
#include <unisono/transport/detail/signal.hpp>
#include <unisono/transport/llm_stream.hpp>

#if defined(ASIO_HAS_CO_AWAIT)
#include <asio/co_spawn.hpp>
#endif

#include <exception>
#include <system_error>
#include <utility>

namespace unisono::inline v0 {

struct llm_stream::handle {
    explicit handle(std::shared_ptr<detail::llm_session> s) : session(std::move(s)) {}
    handle(handle const&) = delete;
    handle& operator=(handle const&) = delete;
    ~handle() { session->fail({.message = "the answer ended early"}); }

    std::shared_ptr<detail::llm_session> session;
};

UNISONO_DECL llm_stream::llm_stream(std::shared_ptr<detail::llm_session> s)
    : handle_(std::make_shared<handle const>(std::move(s))) {}

UNISONO_DECL llm_stream llm_stream::open(http_exchange const& exchange, llm_options options) {
    auto sink = std::make_unique<detail::llm_response>(exchange, options.stream);
    auto session =
        std::make_shared<detail::llm_session>(exchange.home(), std::move(options.answer), std::move(sink));
    session->commit_after(exchange.home().context(), options.commit_after);
    return llm_stream{std::move(session)};
}

UNISONO_DECL llm_stream llm_stream::into(generation target, llm_answer answer) {
    executor& home = target.home();
    auto sink = std::make_unique<detail::llm_generation>(std::move(target));
    return llm_stream{std::make_shared<detail::llm_session>(home, std::move(answer), std::move(sink))};
}

UNISONO_DECL void llm_stream::text(std::string delta) const {
    handle_->session->say([delta = std::move(delta)](llm_encoder& to) { return to.text(delta); });
}

UNISONO_DECL void llm_stream::tool_call(std::string id, std::string name) const {
    handle_->session->say(
        [id = std::move(id), name = std::move(name)](llm_encoder& to) { return to.tool_call(id, name); });
}

UNISONO_DECL void llm_stream::tool_arguments(std::string delta) const {
    handle_->session->say([delta = std::move(delta)](llm_encoder& to) { return to.tool_arguments(delta); });
}

UNISONO_DECL void llm_stream::finish(llm_finish reason, std::optional<llm_usage> usage) const {
    handle_->session->say([reason, usage](llm_encoder& to) { return to.finish(reason, usage); });
}

UNISONO_DECL void llm_stream::fail(llm_error what) const {
    handle_->session->fail(std::move(what));
}

UNISONO_DECL std::stop_token llm_stream::stop_token() const noexcept {
    return handle_->session->stop_token();
}

#if defined(ASIO_HAS_CO_AWAIT)
UNISONO_DECL asio::awaitable<void> llm_stream::drained() const {
    auto const self = *this;
    auto& loop = static_cast<asio::io_context&>((co_await asio::this_coro::executor).context());
    detail::signal const done{loop};
    self.handle_->session->when_drained(done.giver());
    co_await done.wait();
    if (self.stop_token().stop_requested())
        throw std::system_error(std::make_error_code(std::errc::operation_canceled));
}

UNISONO_DECL void llm_stream::run(asio::io_context& loop,
                                  std::function<asio::awaitable<void>(llm_stream)> producer) const {
    // Kept by the spawned work: a coroutine reads its lambda's captures until it ends.
    auto const kept = std::make_shared<decltype(producer)>(std::move(producer));
    asio::co_spawn(loop, (*kept)(*this), [kept, self = *this](std::exception_ptr thrown) {
        if (thrown)
            self.fail({.message = "the answer could not be completed"});
        else
            self.finish();
    });
}
#endif

} // namespace unisono::inline v0
