#include <unisono/codec/json_document.hpp>
#include <unisono/server/server.hpp>
#include <unisono/wire/sse_event.hpp>
