#pragma once

#include <unisono/codec/detail/duplicate_keys.hpp>
#include <unisono/codec/detail/json_tape.hpp>
#include <unisono/codec/error.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace unisono::inline v0::detail {

/// Receives the reader's events and writes the tape. The members in CamelCase are what RapidJSON's Reader
/// demands of a handler; returning false stops it.
///
/// `Stream` tells the reader's position: behind the last byte of a scalar, but at the bracket of an array or
/// object, when the event comes.
template <class Stream>
class json_tape_builder {
public:
    json_tape_builder(json_tape& tape, Stream const& stream, std::size_t max_nodes, duplicate_keys duplicates)
        : tape_(tape), stream_(stream), max_nodes_(max_nodes), duplicates_(duplicates) {}

    /// Why an event was refused.
    codec_error error() const noexcept { return error_; }

    bool Null() { return scalar(json_kind::null); }
    bool Bool(bool) { return scalar(json_kind::boolean); }
    bool RawNumber(char const*, unsigned, bool) { return scalar(json_kind::number); }
    bool String(char const* text, unsigned size, bool) { return string({text, size}); }
    bool Key(char const* text, unsigned size, bool) { return string({text, size}); }
    bool StartObject() { return open(json_kind::object); }
    bool EndObject(unsigned members) { return close(members) && has_unique_keys(); }
    bool StartArray() { return open(json_kind::array); }
    bool EndArray(unsigned elements) { return close(elements); }

    // With numbers taken as text the reader never calls these, but it names them.
    bool Int(int) { return false; }
    bool Uint(unsigned) { return false; }
    bool Int64(std::int64_t) { return false; }
    bool Uint64(std::uint64_t) { return false; }
    bool Double(double) { return false; }

private:
    bool refuse(codec_error why) noexcept {
        error_ = why;
        return false;
    }

    bool add(json_kind kind, std::size_t raw_begin, std::size_t raw_end) {
        if (tape_.nodes.size() >= max_nodes_)
            return refuse(codec_error::too_large);
        json_node& node = tape_.nodes.emplace_back();
        node.raw_begin = static_cast<std::uint32_t>(raw_begin);
        node.raw_end = static_cast<std::uint32_t>(raw_end);
        node.next = static_cast<std::uint32_t>(tape_.nodes.size());
        node.kind = kind;
        return true;
    }

    bool scalar(json_kind kind) {
        // Only whitespace and separators stand between two values, so the begin needs no help of the reader
        // (whose RawNumber leaves out sign and point).
        std::size_t const begin = tape_.source.find_first_not_of(" \t\r\n,:", seen_);
        seen_ = stream_.Tell();
        return add(kind, begin, seen_);
    }

    bool string(std::string_view text) {
        if (!scalar(json_kind::string))
            return false;
        json_node& node = tape_.nodes.back();
        // Every escape is longer than what it stands for.
        if (text.size() == node.raw_end - node.raw_begin - 2u)
            return true;
        if (holds_surrogate(text))
            return refuse(codec_error::invalid_utf8);
        node.escaped = true;
        node.text_begin = static_cast<std::uint32_t>(tape_.unescaped.size());
        node.count = static_cast<std::uint32_t>(text.size());
        tape_.unescaped += text;
        return true;
    }

    /// The reader turns a lone \uDC00..\uDFFF into ED B0 80..ED BF BF, which is not UTF-8. The bytes of the
    /// source were validated, so an ED with a second byte of that range can only come from there.
    static bool holds_surrogate(std::string_view text) noexcept {
        for (std::size_t i = text.find('\xED'); i != text.npos; i = text.find('\xED', i + 1))
            if (static_cast<unsigned char>(text[i + 1]) >= 0xA0)
                return true;
        return false;
    }

    bool open(json_kind kind) {
        if (!add(kind, stream_.Tell(), stream_.Tell()))
            return false;
        seen_ = stream_.Tell() + 1;
        open_.push_back(tape_.nodes.size() - 1);
        return true;
    }

    bool close(unsigned count) {
        seen_ = stream_.Tell() + 1;
        json_node& node = tape_.nodes[open_.back()];
        node.raw_end = static_cast<std::uint32_t>(seen_);
        node.next = static_cast<std::uint32_t>(tape_.nodes.size());
        node.count = count;
        closed_ = open_.back();
        open_.pop_back();
        return true;
    }

    /// Sorts instead of hashing: no input makes it quadratic.
    bool has_unique_keys() {
        if (duplicates_ == duplicate_keys::kept)
            return true;
        keys_.clear();
        for (std::size_t i = closed_ + 1; i < tape_.nodes.size(); i = tape_.nodes[i + 1].next)
            keys_.push_back(tape_.text(tape_.nodes[i]));
        std::sort(keys_.begin(), keys_.end());
        if (std::adjacent_find(keys_.begin(), keys_.end()) != keys_.end())
            return refuse(codec_error::duplicate_key);
        return true;
    }

    json_tape& tape_;
    Stream const& stream_;
    std::size_t const max_nodes_;
    duplicate_keys const duplicates_;
    codec_error error_ = codec_error::invalid_json;
    std::size_t seen_ = 0;               ///< everything before this belongs to values already on the tape
    std::size_t closed_ = 0;             ///< node closed last
    std::vector<std::size_t> open_;      ///< nodes of the arrays and objects around the reader
    std::vector<std::string_view> keys_; ///< of the object being closed; kept for its memory
};

} // namespace unisono::inline v0::detail
