using System.Text;

namespace Metaflow.PythonSteps;

/// <summary>Reads what a program prints, passes it on line by line, and keeps the end of it.</summary>
internal sealed class ProgramOutput
{
    private const int Kept = 16 << 20;

    private readonly StringBuilder _text = new();
    private readonly StreamReader _source;
    private readonly TextWriter? _target;

    /// <summary>Begins to read.</summary>
    /// <param name="source">The program's output.</param>
    /// <param name="target">Where lines go; <see langword="null"/> for nowhere.</param>
    public ProgramOutput(StreamReader source, TextWriter? target)
    {
        (_source, _target) = (source, target);
        Text = Task.Run(ReadAsync);
    }

    /// <summary>Gets what was printed, when the program has closed its output.</summary>
    public Task<string> Text { get; }

    private async Task<string> ReadAsync()
    {
        var line = new StringBuilder();
        var buffer = new char[4096];
        for (int read; (read = await _source.ReadAsync(buffer).ConfigureAwait(false)) > 0;)
        {
            var text = buffer.AsMemory(0, read);
            _text.Append(text);
            if (_text.Length > 2 * Kept)
            {
                _text.Remove(0, _text.Length - Kept);
            }

            Pass(line, text.Span);
        }

        if (line.Length > 0)
        {
            _target?.WriteLine(line.ToString());
        }

        return _text.Length > Kept ? _text.ToString(_text.Length - Kept, Kept) : _text.ToString();
    }

    // Whole lines: the outputs of several programs do not mix within one.
    private void Pass(StringBuilder line, ReadOnlySpan<char> text)
    {
        while (_target is not null && text.IndexOf('\n') is var end && end >= 0)
        {
            line.Append(text[..end]);
            _target.WriteLine(line.ToString().TrimEnd('\r'));
            line.Clear();
            text = text[(end + 1)..];
        }

        line.Append(_target is null ? [] : text);
    }
}
