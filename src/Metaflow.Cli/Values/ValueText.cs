using System.Collections;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;
using Metaflow.Serialization;

namespace Metaflow.Cli.Values;

/// <summary>Shows values on one line, much as C# writes them. Long collections are cut in the middle, with the number of what is left
/// out.</summary>
internal sealed class ValueText
{
    private const int DeepestNesting = 6;
    private const int MostBytes = 16;
    private const int LongestText = 200;

    /// <summary>The most values of one text, whatever is in what.</summary>
    private const int MostParts = 2000;

    /// <summary>The longest integer that is written in digits: to find those of a longer one takes the square of their number.</summary>
    private const int MostBits = 14_284;

    private static readonly int[] Limits = [12, 8, 5, 3];
    private readonly StringBuilder _text = new();
    private readonly int _mostItems;
    private int _depth;
    private int _left = MostParts;

    private ValueText(int mostItems) => _mostItems = mostItems;

    /// <summary>Returns the text of a value.</summary>
    /// <param name="value">Plain data.</param>
    /// <param name="type">The declared type as it is written, or <see langword="null"/>.</param>
    /// <param name="mostItems">How many items of each collection are shown at most.</param>
    public static string Of(object? value, string? type = null, int mostItems = 12)
    {
        var text = new ValueText(mostItems);
        text.Append(value, type);
        return text._text.ToString();
    }

    /// <summary>Returns the text of a value with as many items as fit, but with some whatever the width.</summary>
    /// <param name="value">Plain data.</param>
    /// <param name="type">The declared type as it is written, or <see langword="null"/>.</param>
    /// <param name="width">How long the text should be at most.</param>
    public static string Fitting(object? value, string? type, int width)
        => Limits.Select(most => Of(value, type, most)).FirstOrDefault(text => text.Length <= width) ?? Of(value, type, Limits[^1]);

    /// <summary>Returns a number with six digits, or with all those before its point: amounts of millions are read in digits.</summary>
    /// <param name="number">The number.</param>
    public static string Short(double number)
        => number.ToString(Math.Abs(number) is >= 999_999.5 and < 1e15 ? "F0" : "G6", CultureInfo.InvariantCulture);

    /// <summary>Returns a single number with all its digits, or <see langword="null"/> for another value.</summary>
    public static string? Number(object? value) => value switch
    {
        bool => null,
        double or float or decimal => Convert.ToString(value, CultureInfo.InvariantCulture),
        BigInteger number when number.GetBitLength() > MostBits => "0x" + number.ToString("x", CultureInfo.InvariantCulture),
        byte or sbyte or short or ushort or int or uint or long or ulong or BigInteger => ((IFormattable)value).ToString(
            null, CultureInfo.InvariantCulture),
        _ => null,
    };

    /// <summary>Returns a text as C# writes it, cut where it is long.</summary>
    public static string Quoted(string words)
    {
        var text = new StringBuilder("\"");
        foreach (var letter in words.AsSpan(0, Math.Min(words.Length, LongestText)))
        {
            text.Append(letter switch
            {
                '\\' => "\\\\",
                '"' => "\\\"",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                < ' ' => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}"),
                _ => letter.ToString(),
            });
        }

        return words.Length <= LongestText
            ? text.Append('"').ToString()
            : text.Append(CultureInfo.InvariantCulture, $"…\" ({words.Length:N0} characters)").ToString();
    }

    /// <summary>Returns the name of a member or a key as an entry begins with it.</summary>
    /// <param name="key">The key.</param>
    /// <param name="isMember">Whether it is the member of a record.</param>
    public static string Key(object? key, bool isMember) => isMember && key is string name ? name : $"[{Of(key)}]";

    /// <summary>Returns the entries of a dictionary of any type.</summary>
    public static IEnumerable<DictionaryEntry> EntriesOf(IDictionary entries)
    {
        foreach (DictionaryEntry entry in entries)
        {
            yield return entry;
        }
    }

    /// <summary>Returns whether a dictionary of plain data stands for an object with members.</summary>
    /// <param name="entries">The dictionary.</param>
    /// <param name="type">The declared type, or <see langword="null"/>: then the keys decide.</param>
    public static bool IsRecord(IDictionary entries, string? type)
        => type is null or "object" or "object?"
            ? entries.Keys.Cast<object?>().All(static key => key is string name && IsIdentifier(name))
            : !TypeText.IsDictionary(type) && entries.Keys.Cast<object?>().All(static key => key is string);

    private static bool IsIdentifier(string name)
        => name.Length > 0 && (char.IsLetter(name[0]) || name[0] == '_')
            && name.All(static letter => char.IsLetterOrDigit(letter) || letter == '_');

    private void Append(object? value, string? type)
    {
        if (_left-- <= 0)
        {
            _text.Append('…');
            return;
        }

        switch (value)
        {
            case null:
                _text.Append("null");
                break;
            case bool flag:
                _text.Append(flag ? "true" : "false");
                break;
            case string words:
                _text.Append(Quoted(words));
                break;
            case byte[] bytes:
                AppendBytes(bytes);
                break;
            case NumericArray { Shape.Count: 0 } single:
                Append(single.GetValue(0), type);
                break;
            case IEnumerable or ITuple or PythonObject or NumericArray:
                AppendContainer(value, type);
                break;
            default:
                _text.Append(Number(value) ?? Other(value));
                break;
        }
    }

    private static string Other(object value) => value switch
    {
        DateTime { TimeOfDay.Ticks: 0 } time => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTime time => time.ToString("yyyy-MM-dd HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture),
        DateTimeOffset time => time.ToString("yyyy-MM-dd HH:mm:ss.FFFFFF zzz", CultureInfo.InvariantCulture),
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        TimeOnly time => time.ToString("HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture),
        TimeSpan span => span.ToString("c", CultureInfo.InvariantCulture),
        Complex number => string.Create(CultureInfo.InvariantCulture, $"{number.Real} + {number.Imaginary}i"),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private void AppendBytes(byte[] bytes)
    {
        _text.Append('[').AppendJoin(' ', bytes.Take(MostBytes).Select(static item => item.ToString("X2", CultureInfo.InvariantCulture)));
        if (bytes.Length > MostBytes)
        {
            _text.Append(CultureInfo.InvariantCulture, $" … {bytes.Length - MostBytes:N0} more");
        }

        _text.Append(']');
    }

    private void AppendContainer(object value, string? type)
    {
        // Deeper values tell nobody anything, and one may hold itself.
        if (_depth == DeepestNesting)
        {
            _text.Append('…');
            return;
        }

        _depth++;
        switch (value)
        {
            case IDictionary entries:
                AppendEntries(entries, type);
                break;
            case PythonObject instance:
                AppendInstance(instance);
                break;
            case NumericArray array:
                AppendItems('[', (int)array.Shape[0], index => array.GetItem(index), ']', null);
                break;
            case PythonTuple tuple:
                AppendItems('(', tuple.Count, index => tuple[index], ')', null);
                break;
            case ITuple tuple:
                AppendItems('(', tuple.Length, index => tuple[index], ')', null);
                break;
            default:
                var items = value as IReadOnlyList<object?> ?? [.. ((IEnumerable)value).Cast<object?>()];
                AppendItems('[', items.Count, index => items[index], ']', TypeText.ItemOf(type));
                break;
        }

        _depth--;
    }

    private void AppendItems(char open, int count, Func<int, object?> item, char close, string? itemType)
    {
        _text.Append(open);
        AppendCut(count, index => Append(item(index), itemType));
        _text.Append(close);
    }

    private void AppendEntries(IDictionary entries, string? type)
    {
        var isRecord = IsRecord(entries, type);
        var itemType = isRecord ? null : TypeText.ItemOf(type);
        DictionaryEntry[] all = [.. EntriesOf(entries)];
        AppendMembers(all.Length, index => (Key(all[index].Key, isRecord), all[index].Value), itemType);
    }

    private void AppendInstance(PythonObject instance)
    {
        if (StepFailureEncoding.FromPython(instance) is { } failure)
        {
            _text.Append(CultureInfo.InvariantCulture, $"{failure.Type}: {Quoted(failure.Message)}");
            return;
        }

        _text.Append(TypeText.ClassOf(instance));
        KeyValuePair<string, object?>[] fields = [.. instance.Fields];
        if (fields.Length > 0)
        {
            _text.Append(' ');
            AppendMembers(fields.Length, index => (fields[index].Key, fields[index].Value), null);
        }
        else
        {
            AppendItems('(', instance.Arguments.Count, index => instance.Arguments[index], ')', null);
        }
    }

    private void AppendMembers(int count, Func<int, (string Name, object? Value)> member, string? itemType)
    {
        _text.Append(count == 0 ? "{" : "{ ");
        AppendCut(count, index =>
        {
            var (name, value) = member(index);
            _text.Append(name).Append(" = ");
            Append(value, itemType);
        });
        _text.Append(count == 0 ? "}" : " }");
    }

    // The first ones and the last one.
    private void AppendCut(int count, Action<int> append)
    {
        var first = count <= _mostItems ? count : _mostItems - 1;
        for (var i = 0; i < first && _left > 0; i++)
        {
            _text.Append(i == 0 ? "" : ", ");
            append(i);
        }

        if (first < count)
        {
            _text.Append(CultureInfo.InvariantCulture, $", … {count - first - 1:N0} more …, ");
            append(count - 1);
        }
    }
}
