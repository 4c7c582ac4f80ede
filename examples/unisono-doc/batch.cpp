#include "batch.hpp"

#include <unisono/codec/json_document.hpp>
#include <unisono/codec/json_writer.hpp>

#include "hex.hpp"
#include "operations.hpp"
#include "request_error.hpp"

#include <istream>
#include <ostream>
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

result<byte_buffer> answer_merge(json::value request) {
    auto const version = version_of(request["v"]);
    if (!version)
        return version.error();
    if (!request["updates"].is_array())
        return request_error::missing_field;
    std::vector<byte_buffer> updates;
    for (json::value value : request["updates"].elements()) {
        auto update = bytes_of(value);
        if (!update)
            return update.error();
        updates.push_back(std::move(*update));
    }
    return merge(*version, updates);
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

result<byte_buffer> answer(std::string_view line) {
    auto const request = json::parse(line, request_limits);
    if (!request)
        return request.error();
    auto const op = request->root()["op"].as_string();
    if (!op)
        return request_error::missing_field;
    if (*op == "merge")
        return answer_merge(request->root());
    if (*op == "diff")
        return answer_diff(request->root());
    if (*op == "state_vector")
        return answer_state_vector(request->root());
    if (*op == "convert")
        return answer_convert(request->root());
    return request_error::unknown_operation;
}

} // namespace

void run_batch(std::istream& in, std::ostream& out) {
    for (std::string line; std::getline(in, line);) {
        auto const bytes = answer(line);
        std::string reply;
        json::writer writer{reply};
        writer.object([&] {
            if (bytes)
                writer.member("bytes", to_hex(*bytes));
            else
                writer.member("error", bytes.error().message());
        });
        out << reply << std::endl; // whoever asks may wait for the answer before the next question
    }
}
