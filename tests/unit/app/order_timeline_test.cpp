#include "app/order_timeline.hpp"
