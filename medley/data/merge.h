#pragma once

#include "medley/data/catalogue.h"

namespace medley::data {

/// `base` with what `given` says in its place. Fields that `given` leaves empty stay as they were;
/// texts, attributes and labels are merged name by name, media by their hash (a text, a list or a
/// number is replaced as a whole).
Item MergeItem(Item base, const Item& given);
User MergeUser(User base, const User& given);

}  // namespace medley::data
