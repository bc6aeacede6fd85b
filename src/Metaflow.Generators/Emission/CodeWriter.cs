using System.Text;

namespace Metaflow.Generators.Emission;

/// <summary>Writes indented lines.</summary>
internal sealed class CodeWriter
{
    private readonly StringBuilder _text = new();
    private int _depth;

    public void Line(string text = "")
    {
        if (text.Length > 0)
        {
            _text.Append(' ', _depth * 4).Append(text);
        }

        // The text must not depend on the machine that compiles it.
        _text.Append('\n');
    }

    public void Open(string? text = null)
    {
        if (text is not null)
        {
            Line(text);
        }

        Line("{");
        _depth++;
    }

    public void Close(string suffix = "")
    {
        _depth--;
        Line("}" + suffix);
    }

    public override string ToString() => _text.ToString();
}
