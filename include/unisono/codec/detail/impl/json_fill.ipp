#pragma once

#include <unisono/codec/detail/json_fill.hpp>
#include <unisono/codec/detail/json_tape_builder.hpp>
#include <unisono/codec/detail/rapidjson.hpp>
#include <unisono/codec/error.hpp>
#include <unisono/core/config.hpp>

namespace unisono::inline v0::detail {

UNISONO_DECL codec_error json_error(RAPIDJSON_NAMESPACE::ParseErrorCode code, codec_error refused) noexcept {
    switch (code) {
    case RAPIDJSON_NAMESPACE::kParseErrorTermination:
        return refused;
    case RAPIDJSON_NAMESPACE::kParseErrorDocumentRootNotSingular:
        return codec_error::trailing_bytes;
    case RAPIDJSON_NAMESPACE::kParseErrorStringInvalidEncoding:
    case RAPIDJSON_NAMESPACE::kParseErrorStringUnicodeSurrogateInvalid:
        return codec_error::invalid_utf8;
    case RAPIDJSON_NAMESPACE::kParseErrorNumberTooBig:
        return codec_error::number_overflow;
    default:
        return codec_error::invalid_json;
    }
}

UNISONO_DECL result<void> json_fill(json_tape& tape, std::size_t max_nodes, duplicate_keys duplicates) {
    using namespace RAPIDJSON_NAMESPACE;
    constexpr unsigned flags = kParseIterativeFlag | kParseValidateEncodingFlag | kParseNumbersAsStringsFlag;

    // Bounded: the reader stops at a NUL, and of unbounded text 1.1.0 reads past the end when validating.
    MemoryStream stream{tape.source.data(), tape.source.size()};
    json_tape_builder handler{tape, stream, max_nodes, duplicates};
    GenericReader<UTF8<>, UTF8<>> reader;
    try {
        ParseResult const parsed = reader.Parse<flags>(stream, handler);
        if (parsed.IsError())
            return json_error(parsed.Code(), handler.error());
    } catch (rapidjson_assertion const&) {
        return codec_error::invalid_json;
    }
    if (stream.Tell() != tape.source.size())
        return codec_error::trailing_bytes;
    return {};
}

} // namespace unisono::inline v0::detail
