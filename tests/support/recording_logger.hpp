#pragma once

#include <unisono/core/logger.hpp>

#include <mutex>
#include <string>
#include <string_view>

namespace unisono::test {

/// Keeps what is logged: `message name=value ...`, one a line. From any thread.
class recording_logger final : public logger {
public:
    using logger::write;
    void write(severity level, std::string_view, std::string_view message,
               log_fields fields) noexcept override {
        std::lock_guard const lock{mutex_};
        auto& lines = level == severity::error ? errors_ : others_;
        lines += message;
        for (auto const& f : fields) {
            lines.append(" ").append(f.name()).append("=");
            lines += f.is_number() ? std::to_string(f.number()) : std::string{f.text()};
        }
        lines += '\n';
    }
    std::string errors() const {
        std::lock_guard const lock{mutex_};
        return errors_;
    }
    std::string others() const {
        std::lock_guard const lock{mutex_};
        return others_;
    }

private:
    mutable std::mutex mutex_;
    std::string errors_;
    std::string others_;
};

} // namespace unisono::test
