#pragma once

#include <unisono/core/payload.hpp>
#include <unisono/protocol/native/carrier.hpp>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

/// What goes down to one client: filled by the rooms' thread, emptied by the thread that serves the request.
class room_stream {
public:
    /// False, and nothing added, when the client lags too far behind.
    bool push(unisono::payload const& bytes) {
        std::lock_guard const lock{mutex_};
        if (waiting_.size() > limit)
            return false;
        waiting_ += bytes.text();
        changed_.notify_one();
        return true;
    }

    void reply(unisono::payload const& bytes) {
        std::lock_guard const lock{mutex_};
        waiting_ += bytes.text();
        changed_.notify_one();
    }

    void finish() {
        std::lock_guard const lock{mutex_};
        finished_ = true;
        changed_.notify_one();
    }

    /// What there is to write; empty when nothing came for a second, none when the stream is finished.
    std::optional<std::string> take() {
        std::unique_lock lock{mutex_};
        changed_.wait_for(lock, std::chrono::seconds{1}, [&] { return finished_ || !waiting_.empty(); });
        if (waiting_.empty() && finished_)
            return std::nullopt;
        return std::exchange(waiting_, {});
    }

private:
    static constexpr std::size_t limit = 1024 * 1024;

    std::mutex mutex_;
    std::condition_variable changed_;
    std::string waiting_;
    bool finished_ = false;
};

/// What a session sees of it.
class stream_carrier final : public unisono::native_carrier {
public:
    explicit stream_carrier(std::shared_ptr<room_stream> stream) : stream_(std::move(stream)) {}

    unisono::wire_form form() const noexcept override { return unisono::wire_form::native_sse; }
    void reply(unisono::payload block) override { stream_->reply(block); }
    bool push(unisono::payload block) override { return stream_->push(block); }
    void close(unisono::close_code, std::string_view) override { stream_->finish(); }

private:
    std::shared_ptr<room_stream> stream_;
};
