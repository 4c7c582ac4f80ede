#pragma once

#include <unisono/core/config.hpp>
#include <unisono/transport/detail/llm_session.hpp>

#include <system_error>
#include <utility>

namespace unisono::inline v0::detail {

UNISONO_DECL void llm_session::write(llm_encoder::events const& events) {
    patience_.reset();
    for (auto const& [type, data] : events) {
        sse_event event{.data = data};
        if (!type.empty())
            event.event = type;
        sink_->write(event);
    }
    if (encoder_->ended())
        sink_->end();
}

UNISONO_DECL void llm_session::fail(llm_error what) {
    on_home([this, what = std::move(what)] {
        if (encoder_->ended())
            return;
        auto const events = encoder_->error(what);
        patience_.reset();
        if (!sink_->refuse(llm_error_response(api_, what)))
            write(events);
    });
}

UNISONO_DECL void llm_session::commit_after(asio::io_context& loop, std::chrono::milliseconds time) {
    patience_.emplace(loop, time);
    patience_->async_wait([self = weak_from_this()](std::error_code ec) {
        if (auto const session = self.lock(); session && !ec && !session->encoder_->ended())
            session->sink_->commit();
    });
}

UNISONO_DECL void llm_session::when_drained(std::function<void()> then) {
    sink_->when_drained(std::move(then));
}

} // namespace unisono::inline v0::detail
