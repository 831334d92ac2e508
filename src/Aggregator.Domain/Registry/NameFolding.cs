using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Aggregator.Domain.Registry;

/// <summary>Folds names for matching, and makes slugs of them.</summary>
public static class NameFolding
{
    // Own table rather than Unicode normalisation, which needs ICU data that a bare machine may lack.
    // Generated from the Unicode decompositions of U+00C0–U+024F and U+1E00–U+1EFF; each letter above its base.
    private const string Accented =
        "ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝàáâãäåçèéêëìíîïðñòóôõöøùúûüýÿĀāĂăĄąĆćĈĉĊċČčĎďĐđĒēĔĕĖėĘęĚěĜĝĞğĠġĢģĤĥĦħĨĩĪ" +
        "īĬĭĮįİıĴĵĶķĹĺĻļĽľŁłŃńŅņŇňŌōŎŏŐőŔŕŖŗŘřŚśŜŝŞşŠšŢţŤťŦŧŨũŪūŬŭŮůŰűŲųŴŵŶŷŸŹźŻżŽžƏƠơƯưǍǎǏǐǑǒǓǔǕǖǗǘǙǚǛǜǞǟǠǡǦ" +
        "ǧǨǩǪǫǬǭǰǴǵǸǹǺǻȀȁȂȃȄȅȆȇȈȉȊȋȌȍȎȏȐȑȒȓȔȕȖȗȘșȚțȞȟȦȧȨȩȪȫȬȭȮȯȰȱȲȳḀḁḂḃḄḅḆḇḈḉḊḋḌḍḎḏḐḑḒḓḔḕḖḗḘḙḚḛḜḝḞḟḠḡḢḣḤḥḦḧḨḩ" +
        "ḪḫḬḭḮḯḰḱḲḳḴḵḶḷḸḹḺḻḼḽḾḿṀṁṂṃṄṅṆṇṈṉṊṋṌṍṎṏṐṑṒṓṔṕṖṗṘṙṚṛṜṝṞṟṠṡṢṣṤṥṦṧṨṩṪṫṬṭṮṯṰṱṲṳṴṵṶṷṸṹṺṻṼṽṾṿẀẁẂẃẄẅẆẇẈẉẊẋẌẍ" +
        "ẎẏẐẑẒẓẔẕẖẗẘẙẠạẢảẤấẦầẨẩẪẫẬậẮắẰằẲẳẴẵẶặẸẹẺẻẼẽẾếỀềỂểỄễỆệỈỉỊịỌọỎỏỐốỒồỔổỖỗỘộỚớỜờỞởỠỡỢợỤụỦủỨứỪừỬửỮữỰựỲỳỴỵỶỷ" +
        "Ỹỹ";

    private const string Bases =
        "aaaaaaceeeeiiiidnoooooouuuuyaaaaaaceeeeiiiidnoooooouuuuyyaaaaaaccccccccddddeeeeeeeeeegggggggghhhhiii" +
        "iiiiiiijjkkllllllllnnnnnnoooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzaoouuaaiioouuuuuuuuuuaaaag" +
        "gkkoooojggnnaaaaaaeeeeiiiioooorrrruuuusstthhaaeeooooooooyyaabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhh" +
        "hhiiiikkkkkkllllllllmmmmmmnnnnnnnnoooooooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvvwwwwwwwwwwxxxx" +
        "yyzzzzzzhtwyaaaaaaaaaaaaaaaaaaaaaaaaeeeeeeeeeeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyy" +
        "yy";

    private static readonly FrozenDictionary<char, char> BaseLetters =
        Accented.Zip(Bases).ToFrozenDictionary(pair => pair.First, pair => pair.Second);

    /// <summary>
    /// Lower case without diacritics, runs of punctuation as one blank, a leading article and possessive endings
    /// dropped: "the Nagorno–Karabakh's" folds to "nagorno karabakh". Empty if nothing is left.
    /// </summary>
    public static string Fold(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var folded = new StringBuilder(name.Length);
        var blank = false;
        for (var at = 0; at < name.Length; at++)
        {
            var character = name[at];
            if (IsApostrophe(character))
            {
                at += EndsPossessive(name, at) ? 1 : 0;
            }
            else if (char.IsLetterOrDigit(character) || char.IsSurrogate(character))
            {
                if (blank && folded.Length > 0)
                {
                    folded.Append(' ');
                }

                blank = false;
                Append(folded, character);
            }
            else if (character != '.' && CharUnicodeInfo.GetUnicodeCategory(character) != UnicodeCategory.NonSpacingMark)
            {
                blank = true;
            }
        }

        var text = folded.ToString();
        return text.StartsWith("the ", StringComparison.Ordinal) ? text[4..] : text;
    }

    /// <summary>The id that a name gives: its folded form with hyphens; empty if nothing is left.</summary>
    public static string ToSlug(string name) => Fold(name).Replace(' ', '-');

    // Inside a word it is no break (Ma'rib, Artemivs'k), so it is dropped rather than made a blank.
    private static bool IsApostrophe(char character) => character is '\'' or '’' or '‘' or 'ʼ' or '`' or 'ʻ';

    private static bool EndsPossessive(string name, int apostrophe) =>
        apostrophe > 0
        && apostrophe + 1 < name.Length && name[apostrophe + 1] is 's' or 'S'
        && (apostrophe + 2 == name.Length || !char.IsLetterOrDigit(name[apostrophe + 2]));

    private static void Append(StringBuilder folded, char character) => _ = character switch
    {
        < (char)128 => folded.Append(char.ToLowerInvariant(character)),
        'ß' => folded.Append("ss"),
        'æ' or 'Æ' => folded.Append("ae"),
        'œ' or 'Œ' => folded.Append("oe"),
        'þ' or 'Þ' => folded.Append("th"),
        'ə' or 'Ə' => folded.Append('a'), // Azerbaijani schwa, as English copy writes it: Ağdərə, Aghdara
        _ => folded.Append(BaseLetters.TryGetValue(character, out var letter) ? letter : char.ToLowerInvariant(character)),
    };
}
