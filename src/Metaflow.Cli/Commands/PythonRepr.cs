using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Metaflow.Serialization;

namespace Metaflow.Cli.Commands;

/// <summary>Shows values as Python's <c>repr</c> does.</summary>
internal sealed class PythonRepr
{
    private const int DeepestNesting = 500;
    private const int LongestArray = 1000;

    /// <summary>The most values of one text: a list that holds another one twice, which holds another one twice, is short and its text is
    /// not.</summary>
    private const int MostParts = 10_000_000;

    /// <summary>The characters of a text that count as much as a value: a list may hold one long text many times.</summary>
    private const int CharactersOfPart = 16;

    private readonly StringBuilder _text = new();
    private readonly HashSet<object> _open = new(ReferenceEqualityComparer.Instance);
    private int _left = MostParts;

    /// <summary>Returns the text of a value.</summary>
    /// <param name="value">Any value; what Python does not know is shown as a call of its type.</param>
    public static string Of(object? value)
    {
        var repr = new PythonRepr();
        repr.Append(value);
        return repr._text.ToString();
    }

    private void Append(object? value)
    {
        if (_left-- <= 0)
        {
            _text.Append("...");
            return;
        }

        switch (value)
        {
            case null:
                _text.Append("None");
                break;
            case bool flag:
                _text.Append(flag ? "True" : "False");
                break;
            case string words:
                _left -= words.Length / CharactersOfPart;
                PythonScalarRepr.AppendText(_text, words);
                break;
            case double or float:
                _text.Append(PythonScalarRepr.Number(Convert.ToDouble(value, CultureInfo.InvariantCulture)));
                break;
            case byte[] bytes:
                _left -= bytes.Length / CharactersOfPart;
                PythonScalarRepr.AppendBytes(_text, bytes);
                break;
            case IEnumerable or ITuple or PythonObject or NumericArray:
                AppendContainer(value);
                break;
            default:
                _text.Append(PythonScalarRepr.Of(value));
                break;
        }
    }

    private void AppendContainer(object value)
    {
        // Deeper values would exhaust the stack, and tell nobody anything.
        if (_open.Count == DeepestNesting)
        {
            _text.Append("...");
            return;
        }

        // A value that holds itself is shown as Python shows it.
        if (!_open.Add(value))
        {
            _text.Append(value is IDictionary ? "{...}" : "[...]");
            return;
        }

        AppendOpened(value);
        _open.Remove(value);
    }

    private void AppendOpened(object value)
    {
        switch (value)
        {
            case IDictionary entries:
                AppendEntries(entries);
                break;
            case PythonTuple tuple:
                AppendItems("(", tuple.Count == 1 ? ",)" : ")", tuple);
                break;
            case ITuple tuple:
                AppendItems("(", tuple.Length == 1 ? ",)" : ")", Enumerable.Range(0, tuple.Length).Select(i => tuple[i]));
                break;
            case HashSet<object?> { Count: 0 }:
                _text.Append("set()");
                break;
            case HashSet<object?> set:
                AppendItems("{", "}", set);
                break;
            case NumericArray array:
                AppendArray(array);
                break;
            case PythonObject instance:
                AppendInstance(instance);
                break;
            default:
                AppendItems("[", "]", ((IEnumerable)value).Cast<object?>());
                break;
        }
    }

    // Large arrays are cut as NumPy cuts them; only the first axis is nested, which says enough on a line.
    private void AppendArray(NumericArray array)
    {
        if (array.Shape.Count == 0)
        {
            Append(array.GetValue(0));
            return;
        }

        var shown = (int)Math.Min(array.Length, LongestArray);
        AppendItems("array([", shown < array.Length ? ", ...]" : "]", Enumerable.Range(0, shown).Select(i => array.GetValue(i)));
        if (array.Shape.Count > 1)
        {
            _text.Append(", shape=(").AppendJoin(", ", array.Shape).Append(')');
        }

        _text.Append(')');
    }

    private void AppendInstance(PythonObject instance)
    {
        var fields = instance.Fields;
        _text.Append(instance.Module is "builtins" or "" ? instance.Name : $"{instance.Module}.{instance.Name}");
        if (fields.Count == 0)
        {
            AppendItems("(", ")", instance.Arguments);
            return;
        }

        var separator = "(";
        foreach (var (name, value) in fields)
        {
            _text.Append(separator).Append(name).Append('=');
            Append(value);
            separator = ", ";
        }

        _text.Append(')');
    }

    private void AppendEntries(IDictionary entries)
    {
        _text.Append('{');
        var separator = "";
        foreach (DictionaryEntry entry in entries)
        {
            _text.Append(separator);
            Append(entry.Key);
            _text.Append(": ");
            Append(entry.Value);
            separator = ", ";
            if (_left <= 0)
            {
                break;
            }
        }

        _text.Append('}');
    }

    private void AppendItems(string open, string close, IEnumerable<object?> items)
    {
        _text.Append(open);
        var separator = "";
        foreach (var item in items)
        {
            _text.Append(separator);
            Append(item);
            separator = ", ";
            if (_left <= 0)
            {
                break;
            }
        }

        _text.Append(close);
    }
}
