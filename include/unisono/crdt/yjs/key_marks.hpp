#pragma once

namespace unisono::inline v0::yjs {

/// What becomes of the mark for map keys where it carries no data (see struct_view::keyed): documents of Yjs
/// write it, updates that Yjs merged or converted without a document have lost it.
enum class key_marks { dropped, kept };

} // namespace unisono::inline v0::yjs
