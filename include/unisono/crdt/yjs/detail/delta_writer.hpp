#pragma once

#include <unisono/codec/utf16.hpp>
#include <unisono/core/bytes.hpp>
#include <unisono/crdt/yjs/delta.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace unisono::inline v0::yjs::detail {

/// Puts steps of a delta together: what follows each other and has the same attributes is one step.
class delta_writer {
public:
    void retain(std::uint32_t length) { extend(delta_step::action::retain, length); }
    void erase(std::uint32_t length) { extend(delta_step::action::erase, length); }

    /// A value of an array.
    void insert(value element) {
        extend(delta_step::action::insert, 1);
        values_.push_back(std::move(element));
    }

    /// Something embedded in a text.
    void insert_embed(value embed) {
        end_step();
        insert(std::move(embed));
        end_step();
    }

    /// Text in the form in which it is held.
    void insert_ascii(std::string_view ascii) {
        extend(delta_step::action::insert, static_cast<std::uint32_t>(ascii.size()));
        append_utf16(ascii, text_);
    }
    void insert_wide(std::u16string_view wide) {
        extend(delta_step::action::insert, static_cast<std::uint32_t>(wide.size()));
        text_ += wide;
    }

    /// Is there a step of that kind to which more could be added?
    bool is_in(delta_step::action what) const noexcept { return length_ > 0 && action_ == what; }
    bool is_in_step() const noexcept { return length_ > 0; }

    /// Whatever comes next begins a new step. The one before gets these attributes.
    void end_step(any_object attributes = {}) {
        if (length_ == 0)
            return;
        if (!text_.empty()) {
            byte_buffer utf8;
            append_utf8(text_, utf8);
            values_.push_back(any_value{as_text(utf8)});
        }
        delta_.push_back({action_, length_, std::move(values_), std::move(attributes)});
        values_.clear();
        text_.clear();
        length_ = 0;
    }

    /// The delta, without what it would keep as it is at its end.
    delta finish() {
        end_step();
        while (!delta_.empty() && delta_.back().what == delta_step::action::retain &&
               delta_.back().attributes.empty())
            delta_.pop_back();
        return std::move(delta_);
    }

private:
    void extend(delta_step::action what, std::uint32_t length) {
        if (length_ > 0 && action_ != what)
            end_step();
        action_ = what;
        length_ += length;
    }

    delta delta_;
    delta_step::action action_ = delta_step::action::retain;
    std::uint32_t length_ = 0;
    std::vector<value> values_;
    std::u16string text_;
};

} // namespace unisono::inline v0::yjs::detail
