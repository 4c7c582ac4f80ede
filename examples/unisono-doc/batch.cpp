#include "batch.hpp"

#include <unisono/codec/json_document.hpp>
#include <unisono/codec/json_writer.hpp>

#include "hex.hpp"
#include "load.hpp"
#include "operations.hpp"
#include "request_error.hpp"

#include <istream>
#include <ostream>
#include <stdexcept>
#include <string>

using unisono::byte_buffer;
using unisono::result;
namespace json = unisono::json;

namespace {

// The programs on both ends of the pipe belong to the same person.
constexpr json::limits request_limits{.size = std::size_t{2} << 30, .depth = 64, .values = 64 << 20};

result<byte_buffer> bytes_of(json::value value) {
    auto const hex = value.as_string();
    if (!hex)
        return request_error::missing_field;
    auto bytes = from_hex(*hex);
    return bytes ? result<byte_buffer>{std::move(*bytes)} : request_error::not_hexadecimal;
}

result<update_version> version_of(json::value value) {
    if (!value.exists())
        return request_error::missing_field;
    auto const number = value.as_int64();
    if (number != 1 && number != 2)
        return request_error::unknown_version;
    return static_cast<update_version>(*number);
}

result<std::vector<byte_buffer>> all_bytes_of(json::value array) {
    if (!array.is_array())
        return request_error::missing_field;
    std::vector<byte_buffer> updates;
    for (json::value value : array.elements()) {
        auto update = bytes_of(value);
        if (!update)
            return update.error();
        updates.push_back(std::move(*update));
    }
    return updates;
}

result<byte_buffer> answer_merge(json::value request) {
    auto const version = version_of(request["v"]);
    auto const updates = all_bytes_of(request["updates"]);
    for (auto const& error : {version.error(), updates.error()})
        if (error)
            return error;
    return merge(*version, *updates);
}

result<byte_buffer> answer_diff(json::value request) {
    auto const version = version_of(request["v"]);
    auto const update = bytes_of(request["update"]);
    auto const known = bytes_of(request["sv"]);
    for (auto const& error : {version.error(), update.error(), known.error()})
        if (error)
            return error;
    return diff(*version, *update, *known);
}

result<byte_buffer> answer_state_vector(json::value request) {
    auto const version = version_of(request["v"]);
    auto const update = bytes_of(request["update"]);
    for (auto const& error : {version.error(), update.error()})
        if (error)
            return error;
    return state_vector(*version, *update);
}

result<byte_buffer> answer_convert(json::value request) {
    auto const from = version_of(request["from"]);
    auto const to = version_of(request["to"]);
    auto const update = bytes_of(request["update"]);
    for (auto const& error : {from.error(), to.error(), update.error()})
        if (error)
            return error;
    return convert(*from, *to, *update);
}

result<std::string> answer_load(json::value request) {
    auto const version = version_of(request["v"]);
    auto const updates = all_bytes_of(request["updates"]);
    for (auto const& error : {version.error(), updates.error()})
        if (error)
            return error;
    auto const name = [&](char const* kind) {
        return std::string{request["roots"][kind].as_string().value_or("")};
    };
    bool const gc = request["gc"].as_bool().value_or(true);
    try {
        return load(*version, *updates, gc, {name("text"), name("array"), name("map"), name("xml")});
    } catch (std::invalid_argument const&) { // one name, two kinds
        return request_error::conflicting_roots;
    }
}

/// `{"bytes":...}`, for the requests that ask for bytes.
result<std::string> in_json(result<byte_buffer> const& bytes) {
    if (!bytes)
        return bytes.error();
    std::string text;
    json::writer writer{text};
    writer.object([&] { writer.member("bytes", to_hex(*bytes)); });
    return text;
}

result<std::string> answer(std::string_view line) {
    auto const request = json::parse(line, request_limits);
    if (!request)
        return request.error();
    auto const op = request->root()["op"].as_string();
    if (!op)
        return request_error::missing_field;
    if (*op == "merge")
        return in_json(answer_merge(request->root()));
    if (*op == "diff")
        return in_json(answer_diff(request->root()));
    if (*op == "state_vector")
        return in_json(answer_state_vector(request->root()));
    if (*op == "convert")
        return in_json(answer_convert(request->root()));
    if (*op == "load")
        return answer_load(request->root());
    return request_error::unknown_operation;
}

std::string error_reply(std::error_code error) {
    std::string text;
    json::writer writer{text};
    writer.object([&] { writer.member("error", error.message()); });
    return text;
}

} // namespace

void run_batch(std::istream& in, std::ostream& out) {
    for (std::string line; std::getline(in, line);) {
        auto const reply = answer(line);
        // Flushed: whoever asks may wait for the answer before the next question.
        out << (reply ? *reply : error_reply(reply.error())) << std::endl;
    }
}
