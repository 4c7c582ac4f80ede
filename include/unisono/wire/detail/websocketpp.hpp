#pragma once

/// The one place that includes websocketpp, and all of it that is used: header layout (frame.hpp), close
/// codes (close.hpp) and SHA-1. None of these reaches Asio.
///
/// Not used, on purpose:
/// * server.hpp, endpoint.hpp, config/core.hpp and logger/basic.hpp do not compile as C++20 on GCC 12, and
///   the first two bring an Asio transport that newer Asio broke;
/// * processor::hybi13::consume needs a heap message per frame, reserves whatever length a header declares
///   before the bytes arrive, and accepts RSV1 on continuation frames: websocket_decoder reads frames
///   instead;
/// * utf8_validator.hpp takes a byte in the time utf8_stream needs for two and more;
/// * frame::word_mask_exact reads words at unaligned addresses through a cast: undefined behaviour.

// Its style is not ours to fix: let no warning of these headers reach a user's build.
#if defined(__GNUC__)
#pragma GCC system_header
#endif

#include <websocketpp/close.hpp>
#include <websocketpp/frame.hpp>
#include <websocketpp/sha1/sha1.hpp>
