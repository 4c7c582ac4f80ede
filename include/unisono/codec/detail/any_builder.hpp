#pragma once

#include <unisono/codec/any_value.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace unisono::inline v0::detail {

/// Builds a value from its events (see any_handler). Memory grows with what came, not with what was
/// announced.
class any_builder {
public:
    void undefined() { add({}); }
    void null() { add(nullptr); }
    void boolean(bool value) { add(value); }
    void number(double value) { add(value); }
    void bigint(std::int64_t value) { add(any_value::bigint(value)); }
    void string(std::string_view value) { add(value); }
    void bytes(bytes_view value) { add(byte_buffer{value.begin(), value.end()}); }
    void open_array(std::uint64_t) { open_.emplace_back(); }
    void open_object(std::uint64_t) { open_.emplace_back().keyed = true; }
    void key(std::string_view key) { open_.back().members.push_back({std::string{key}, {}}); }
    void close() {
        container closed = std::move(open_.back());
        open_.pop_back();
        if (closed.keyed)
            add(any_object{std::move(closed.members)});
        else
            add(std::move(closed.elements));
    }

    /// The value, once all of it was told.
    any_value take() noexcept { return std::move(result_); }

private:
    struct container {
        bool keyed = false;
        any_array elements = {};
        std::vector<any_member> members = {}; // the last one waits for its value
    };

    void add(any_value value) {
        if (open_.empty())
            result_ = std::move(value);
        else if (open_.back().keyed)
            open_.back().members.back().value = std::move(value);
        else
            open_.back().elements.push_back(std::move(value));
    }

    any_value result_;
    std::vector<container> open_; // the containers around what comes next, outermost first
};

} // namespace unisono::inline v0::detail
