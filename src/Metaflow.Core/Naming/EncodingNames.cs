using System;
using System.Collections.Generic;
using System.Globalization;

namespace Metaflow.Naming;

/// <summary>The names of encodings of texts: those of .NET, and Python's for the same ones.</summary>
/// <remarks>Compiled into the analyzers too, which have no code pages: so the names are written down. Neither case nor <c>_</c> for
/// <c>-</c> makes a difference.</remarks>
internal static class EncodingNames
{
    /// <summary>The code page of UTF-8.</summary>
    public const int Utf8 = 65001;

    // By code page: the name of .NET, then Python's.
    private const string Table = """
        37:ibm037,cp037,037,csibm037,ebcdic-cp-ca,ebcdic-cp-nl,ebcdic-cp-us,ebcdic-cp-wt,ibm039;
        437:ibm437,cp437,437,cspc8codepage437; 500:ibm500,cp500,500,csibm500,ebcdic-cp-be,ebcdic-cp-ch; 708:asmo-708;
        720:dos-720,cp720; 737:ibm737,cp737; 775:ibm775,cp775,775,cspc775baltic; 850:ibm850,cp850,850,cspc850multilingual;
        852:ibm852,cp852,852,cspcp852; 855:ibm855,cp855,855,csibm855; 857:ibm857,cp857,857,csibm857;
        858:ibm00858,cp858,858,csibm858,ibm858; 860:ibm860,cp860,860,csibm860; 861:ibm861,cp861,861,cp-is,csibm861;
        862:dos-862,cp862,862,cspc862latinhebrew,ibm862; 863:ibm863,cp863,863,csibm863; 864:ibm864,cp864,864,csibm864;
        865:ibm865,cp865,865,csibm865; 866:cp866,866,csibm866,ibm866; 869:ibm869,cp869,869,cp-gr,csibm869; 870:ibm870;
        874:windows-874,cp874; 875:cp875; 932:shift_jis,shift-jis,csshiftjis,s-jis,shiftjis,sjis,cp932,932,ms932,ms-kanji,mskanji;
        936:gb2312,chinese,csiso58gb231280,euc-cn,euccn,eucgb2312-cn,gb2312-1980,gb2312-80,iso-ir-58,x-mac-simp-chinese,gbk,936,cp936,ms936;
        949:ks_c_5601-1987,euc-kr,euckr,korean,ks-c-5601,ks-c-5601-1987,ks-x-1001,ksc5601,ksx1001,x-mac-korean,cp949,949,ms949,uhc;
        950:big5,big5-tw,csbig5,x-mac-trad-chinese,cp950,950,ms950; 1026:ibm1026,cp1026,1026,csibm1026; 1047:ibm01047;
        1140:ibm01140,cp1140,1140,ibm1140; 1141:ibm01141; 1142:ibm01142; 1143:ibm01143; 1144:ibm01144; 1145:ibm01145; 1146:ibm01146;
        1147:ibm01147; 1148:ibm01148; 1149:ibm01149; 1200:utf-16,u16,utf16,utf-16-le,utf-16le;
        1201:utf-16be,utf-16-be,unicodebigunmarked; 1250:windows-1250,cp1250,1250; 1251:windows-1251,cp1251,1251;
        1252:windows-1252,cp1252,1252; 1253:windows-1253,cp1253,1253; 1254:windows-1254,cp1254,1254; 1255:windows-1255,cp1255,1255;
        1256:windows-1256,cp1256,1256; 1257:windows-1257,cp1257,1257; 1258:windows-1258,cp1258,1258; 1361:johab,cp1361,ms1361;
        10000:macintosh,mac-roman,macroman; 10001:x-mac-japanese; 10002:x-mac-chinesetrad; 10004:x-mac-arabic; 10005:x-mac-hebrew;
        10006:x-mac-greek; 10007:x-mac-cyrillic; 10010:x-mac-romanian; 10017:x-mac-ukrainian; 10021:x-mac-thai; 10029:x-mac-ce;
        10079:x-mac-icelandic; 10081:x-mac-turkish; 10082:x-mac-croatian; 12000:utf-32,u32,utf32,utf-32-le,utf-32le;
        12001:utf-32be,utf-32-be; 20000:x-chinese-cns; 20001:x-cp20001; 20002:x-chinese-eten; 20003:x-cp20003; 20004:x-cp20004;
        20005:x-cp20005; 20105:x-ia5; 20106:x-ia5-german; 20107:x-ia5-swedish; 20108:x-ia5-norwegian;
        20127:us-ascii,ascii,646,ansi-x3.4-1968,ansi-x3.4-1986,ansi-x3-4-1968,cp367,csascii,ibm367,iso646-us,iso-646.irv-1991,iso-ir-6,us;
        20261:x-cp20261; 20269:x-cp20269; 20273:ibm273,cp273,273,csibm273; 20277:ibm277; 20278:ibm278; 20280:ibm280; 20284:ibm284;
        20285:ibm285; 20290:ibm290; 20297:ibm297; 20420:ibm420; 20423:ibm423; 20424:ibm424,cp424,424,csibm424,ebcdic-cp-he;
        20833:x-ebcdic-koreanextended; 20838:ibm-thai; 20866:koi8-r,cskoi8r; 20871:ibm871; 20880:ibm880; 20905:ibm905;
        20924:ibm00924; 20932:euc-jp,eucjp,u-jis,ujis; 20936:x-cp20936; 20949:x-cp20949; 21025:cp1025; 21866:koi8-u;
        28591:iso-8859-1,iso8859-1,8859,cp819,csisolatin1,ibm819,iso8859,iso-8859-1-1987,iso-ir-100,l1,latin,latin1,latin-1;
        28592:iso-8859-2,iso8859-2,csisolatin2,iso-8859-2-1987,iso-ir-101,l2,latin2;
        28593:iso-8859-3,iso8859-3,csisolatin3,iso-8859-3-1988,iso-ir-109,l3,latin3;
        28594:iso-8859-4,iso8859-4,csisolatin4,iso-8859-4-1988,iso-ir-110,l4,latin4;
        28595:iso-8859-5,iso8859-5,csisolatincyrillic,cyrillic,iso-8859-5-1988,iso-ir-144;
        28596:iso-8859-6,iso8859-6,arabic,csisolatinarabic,ecma-114,iso-8859-6-1987,iso-ir-127;
        28597:iso-8859-7,iso8859-7,csisolatingreek,ecma-118,elot-928,greek,greek8,iso-8859-7-1987,iso-ir-126;
        28598:iso-8859-8,iso8859-8,csisolatinhebrew,hebrew,iso-8859-8-1988,iso-ir-138;
        28599:iso-8859-9,iso8859-9,csisolatin5,iso-8859-9-1989,iso-ir-148,l5,latin5; 28603:iso-8859-13,iso8859-13,l7,latin7;
        28605:iso-8859-15,iso8859-15,l9,latin9,latin-9; 29001:x-europa; 54936:gb18030,gb18030-2000;
        65001:utf-8,cp65001,u8,utf,utf8,utf8-ucs2,utf8-ucs4,utf-8-sig;
        """;

    private static readonly Dictionary<string, int> CodePages = Read();

    /// <summary>Gets the names.</summary>
    public static IReadOnlyCollection<string> All => CodePages.Keys;

    /// <summary>Returns the code page of an encoding.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The number, or <see langword="null"/> when there is no such name.</returns>
    public static int? CodePageOf(string name)
        => CodePages.TryGetValue(name.Trim().ToLowerInvariant().Replace('_', '-').Replace(' ', '-'), out var page) ? page : null;

    private static Dictionary<string, int> Read()
    {
        var pages = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var entry in Table.Split([';', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = entry.Trim().Split(':');
            foreach (var name in parts.Length == 2 ? parts[1].Split(',') : [])
            {
                pages[name.Replace('_', '-')] = int.Parse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture);
            }
        }

        return pages;
    }
}
