#include <unisono/codec/base64.hpp>
#include <unisono/codec/error.hpp>
#include <unisono/core/random.hpp>

#include "support/catch.hpp"

#include <string>

using unisono::as_bytes;
using unisono::as_text;
using unisono::base64_alphabet;
using unisono::base64_decode;
using unisono::base64_encode;

TEST_CASE("base64 writes the vectors of RFC 4648") {
    std::string_view const plain[] = {"", "f", "fo", "foo", "foob", "fooba", "foobar"};
    std::string_view const encoded[] = {"", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"};
    for (std::size_t i = 0; i < std::size(plain); ++i) {
        CHECK(base64_encode(as_bytes(plain[i])) == encoded[i]);
        CHECK(as_text(base64_decode(encoded[i]).value()) == plain[i]);
    }
}

TEST_CASE("the two alphabets differ in three characters") {
    auto const bytes = as_bytes("\xfb\xff\xfe\xff");
    CHECK(base64_encode(bytes) == "+//+/w==");
    CHECK(base64_encode(bytes, base64_alphabet::url) == "-__-_w");
    CHECK(base64_decode("-__-_w", base64_alphabet::url));
    CHECK_FALSE(base64_decode("-__-_w=="));
    CHECK_FALSE(base64_decode("+//+/w==", base64_alphabet::url));
}

TEST_CASE("base64 reads nothing but what it writes") {
    for (auto text : {"Z", "Zg", "Zg=", "Zg===", "Z===", "====", "=",
                      "Zm9v=", "Zm9v====", "Zh==", "Zm9=", "Z m8=", "Zm8=\n", "Zm8=Zm8=", "Zm-v", "Zm9\xc3"})
        CHECK(base64_decode(text).error() == unisono::codec_error::invalid_base64);
    for (auto text : {"Z", "Zh", "Zg==", "Zm9", "Zm9vY", "Zm+v"})
        CHECK_FALSE(base64_decode(text, base64_alphabet::url));
}

TEST_CASE("base64 gives back any bytes") {
    unisono::seeded_random random{1};
    for (std::size_t size = 0; size < 70; ++size) {
        unisono::byte_buffer bytes;
        while (bytes.size() < size)
            bytes.push_back(static_cast<std::byte>(random.next()));
        for (auto alphabet : {base64_alphabet::standard, base64_alphabet::url})
            CHECK(base64_decode(base64_encode(bytes, alphabet), alphabet).value() == bytes);
    }
}
