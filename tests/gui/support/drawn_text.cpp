// Glyph quads are known by their texture coordinates; neighbours on one baseline join to a string.
#include "drawn_text.hpp"

#include "ui/compat.hpp"
#include "ui/utf8.hpp"

#include <cmath>
#include <cstring>
#include <map>
#include <tuple>
#include <vector>

namespace gui {

namespace {

using Corner = std::tuple<float, float, float, float>;
struct Glyph {
    char32_t code;
    float x, y, advance, space;
};

using Table = std::map<Corner, Glyph>;

Table build_table() {
    Table table;
    for (ImFont* font : ImGui::GetIO().Fonts->Fonts) {
        const float space = font->GetCharAdvance(' ');
        for (const ImFontGlyph& glyph : font->Glyphs) {
            table[{glyph.U0, glyph.V0, glyph.U1, glyph.V1}] = {
                static_cast<char32_t>(glyph.Codepoint), glyph.X0, glyph.Y0, glyph.AdvanceX, space};
        }
    }
    return table;
}

// Made anew when the atlas was: a table of all Chinese glyphs in each picture would take longest.
const Table& glyph_table() {
    static Table table;
    static std::vector<ImFontGlyph> made_of;
    std::vector<ImFontGlyph> there;
    for (ImFont* font : ImGui::GetIO().Fonts->Fonts)
        there.insert(there.end(), font->Glyphs.begin(), font->Glyphs.end());
    const bool same =
        there.size() == made_of.size() && !there.empty() &&
        std::memcmp(there.data(), made_of.data(), there.size() * sizeof(ImFontGlyph)) == 0;
    if (!same) {
        table = build_table();
        made_of = std::move(there);
    }
    return table;
}

ui::Rect around(const ui::Rect& a, const ui::Rect& b) {
    const float x = std::min(a.x, b.x), y = std::min(a.y, b.y);
    return {x, y, std::max(a.right(), b.right()) - x, std::max(a.bottom(), b.bottom()) - y};
}

// Joins glyph after glyph; a jump of the pen ends the string.
class Joiner {
public:
    Joiner(std::vector<DrawnText>& out, bool floating) : out_(out), floating_(floating) {}

    void add(const Glyph& glyph, const ui::Rect& ink, ui::Colour colour, bool clipped,
             bool cut_sideways) {
        const float pen_x = ink.x - glyph.x, pen_y = ink.y - glyph.y;
        const float gap = pen_x - next_x_;
        const float spaces = std::round(gap / glyph.space);
        const bool follows = open_ && std::abs(pen_y - pen_y_) < 0.5f &&
                             out_.back().colour == colour && glyph.space == space_ &&
                             std::abs(gap - spaces * glyph.space) < 1 && spaces >= 0 && spaces <= 3;
        if (!follows) {
            out_.push_back({"", ink, colour, false, false, floating_});
        } else {
            out_.back().text.append(static_cast<std::size_t>(spaces), ' ');
        }
        DrawnText& line = out_.back();
        ui::append_utf8(line.text, glyph.code);
        line.rect = around(line.rect, ink);
        line.clipped = line.clipped || clipped;
        line.cut_sideways = line.cut_sideways || cut_sideways;
        open_ = true;
        next_x_ = pen_x + glyph.advance;
        pen_y_ = pen_y;
        space_ = glyph.space;
    }
    void stop() { open_ = false; }

private:
    std::vector<DrawnText>& out_;
    bool floating_, open_ = false;
    float next_x_ = 0, pen_y_ = 0, space_ = 0;
};

bool floats(const ImDrawList& list) {
    const char* owner = list._OwnerName;
    return owner != nullptr &&
           (std::strstr(owner, "Popup") != nullptr || std::strstr(owner, "Foreground") != nullptr);
}

void read(const ImDrawList& list, const ImDrawCmd& command, const Table& table, Joiner& joiner) {
    const ImDrawIdx* index = list.IdxBuffer.Data + command.IdxOffset;
    const ui::Rect clip{command.ClipRect.x, command.ClipRect.y,
                        command.ClipRect.z - command.ClipRect.x,
                        command.ClipRect.w - command.ClipRect.y};
    for (unsigned i = 0; i + 6 <= command.ElemCount;) {
        const auto vertex = [&](unsigned k) -> const ImDrawVert& {
            return list.VtxBuffer[static_cast<int>(index[i + k] + command.VtxOffset)];
        };
        // A quad of ImGui's text is 0 1 2, 0 2 3.
        const bool quad = index[i] == index[i + 3] && index[i + 2] == index[i + 4];
        const ImDrawVert &a = vertex(0), &c = vertex(2);
        const auto glyph = quad ? table.find({a.uv.x, a.uv.y, c.uv.x, c.uv.y}) : table.end();
        if (glyph == table.end()) {
            i += 3;
            continue;
        }
        const ui::Rect ink{a.pos.x, a.pos.y, c.pos.x - a.pos.x, c.pos.y - a.pos.y};
        const ui::Rect seen = ui::intersection(ink, clip);
        if (!seen.empty()) {
            const bool sideways = seen.w + 1 < ink.w;
            const bool clipped = sideways || seen.h + 1 < ink.h;
            const ui::Colour colour{static_cast<std::uint8_t>(a.col >> IM_COL32_R_SHIFT),
                                    static_cast<std::uint8_t>(a.col >> IM_COL32_G_SHIFT),
                                    static_cast<std::uint8_t>(a.col >> IM_COL32_B_SHIFT),
                                    static_cast<std::uint8_t>(a.col >> IM_COL32_A_SHIFT)};
            joiner.add(glyph->second, ink, colour, clipped, sideways);
        }
        i += 6;
    }
}

} // namespace

std::vector<DrawnText> drawn_text() {
    const Table& table = glyph_table();
    std::vector<DrawnText> texts;
    const ImDrawData& data = *ImGui::GetDrawData();
    for (int i = 0; i < data.CmdListsCount; ++i) {
        const ImDrawList& list = *data.CmdLists[i];
        Joiner joiner(texts, floats(list));
        for (const ImDrawCmd& command : list.CmdBuffer) {
            read(list, command, table, joiner);
            joiner.stop();
        }
    }
    return texts;
}

} // namespace gui
