#pragma once

#include <unisono/core/payload.hpp>
#include <unisono/hub/message.hpp>
#include <unisono/protocol/native/carrier.hpp>
#include <unisono/protocol/native/detail/binary_frame.hpp>
#include <unisono/protocol/native/detail/encoding.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace unisono::inline v0::detail {

/// What a session says, in its carrier's form: joins the replies to one inbound frame into few outbound ones,
/// keeps them in order with the pushes, and knows how much of it waits to be read.
class native_outlet {
public:
    explicit native_outlet(std::unique_ptr<native_carrier> carrier) noexcept
        : carrier_(std::move(carrier)), form_(carrier_->form()) {}

    /// Has the carrier a way for binary messages?
    bool takes_binary() const noexcept { return form_ == wire_form::native_websocket; }

    /// One JSON object for this client alone.
    void reply(std::string_view line) {
        if (!lines_.empty())
            lines_ += '\n';
        lines_ += line;
        if (!gathering_ || ++count_ == max_objects || lines_.size() >= enough)
            flush();
    }

    /// The same for bytes that are a whole message of the carrier's already.
    void reply(payload bytes) {
        flush();
        send(std::move(bytes));
    }

    /// A message many get. False when the client reads too slowly for it. `alias` is that of the channel, for
    /// a client that takes binary messages, else 0.
    bool push(message const& m, std::uint64_t alias) {
        flush();
        if (goes_as_bytes(m, alias))
            return note(carrier_->push(native_binary_of(m, alias)));
        return note(carrier_->push_message(m, native_form_of(m, form_)));
    }

    /// The same as an answer: whatever is queued.
    void reply(message const& m, std::uint64_t alias) {
        reply(goes_as_bytes(m, alias) ? native_binary_of(m, alias) : native_form_of(m, form_));
    }

    /// One JSON object, bounded as a message is.
    bool push(std::string_view line) {
        flush();
        return note(carrier_->push(frame_native(line, form_)));
    }

    /// Between these replies are gathered.
    void begin() noexcept { gathering_ = true; }
    void end() {
        gathering_ = false;
        flush();
    }

    void drained() noexcept { unread_ = 0; }

    /// Bytes of replies queued since everything was last written.
    std::size_t unread() const noexcept { return unread_ + lines_.size(); }

    /// Was anything sent since the last call?
    bool take_sent() noexcept { return std::exchange(sent_, false); }

    native_carrier& carrier() noexcept { return *carrier_; }

    void close(close_code code, std::string_view reason) {
        flush();
        carrier_->close(code, reason);
    }

    /// Lets go of the connection: it is over. Nothing else may be called after this.
    void drop() noexcept { carrier_.reset(); }

private:
    static constexpr std::size_t max_objects = 64; ///< in one frame
    static constexpr std::size_t enough = 16 * 1024;

    static bool goes_as_bytes(message const& m, std::uint64_t alias) noexcept {
        return m.binary && alias != 0;
    }
    bool note(bool pushed) noexcept {
        sent_ = sent_ || pushed;
        return pushed;
    }
    void flush() {
        if (lines_.empty())
            return;
        payload bytes = frame_native(lines_, form_);
        lines_.clear();
        count_ = 0;
        send(std::move(bytes));
    }
    void send(payload bytes) {
        unread_ += bytes.size();
        sent_ = true;
        carrier_->reply(std::move(bytes));
    }

    std::unique_ptr<native_carrier> carrier_;
    wire_form form_;
    std::string lines_;
    std::size_t count_ = 0;
    std::size_t unread_ = 0;
    bool gathering_ = false;
    bool sent_ = false;
};

} // namespace unisono::inline v0::detail
