#pragma once

#include <unisono/codec/any_value.hpp>
#include <unisono/core/result.hpp>
#include <unisono/crdt/yjs/document.hpp>

#include <string>

/// A value as JSON, with what JSON lacks spelled out, and with sorted keys, for their order differs between
/// replicas.
unisono::result<std::string> json_of(unisono::any_value const& value);

/// Rich text as in Yjs's toDelta.
unisono::any_value delta_of(unisono::yjs::document const& doc, unisono::yjs::text const& text);
