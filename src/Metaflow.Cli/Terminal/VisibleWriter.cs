using System.Text;
using Metaflow.Naming;

namespace Metaflow.Cli.Terminal;

/// <summary>Shows what commands print: no text that somebody else wrote can send the terminal a control sequence, and none can begin a line
/// of its own.</summary>
/// <remarks><see cref="WriteLine(string)"/> writes one line, whatever the text holds; <see cref="Write(string)"/> keeps line breaks and
/// tabs. What is meant as it is, such as the output of a task, goes to the writer that <see cref="Verbatim"/> returns.</remarks>
internal sealed class VisibleWriter : TextWriter
{
    private readonly WatchedWriter _inner;

    public VisibleWriter(WatchedWriter inner)
        : base(inner.FormatProvider)
    {
        _inner = inner;
        CoreNewLine = inner.NewLine.ToCharArray();
    }

    /// <inheritdoc/>
    public override Encoding Encoding => _inner.Encoding;

    /// <summary>Returns the writer that writes texts as they are.</summary>
    /// <param name="writer">The writer of a command.</param>
    public static TextWriter Verbatim(TextWriter writer) => writer is VisibleWriter visible ? visible._inner : writer;

    /// <summary>Returns what is known of failures of the writer.</summary>
    /// <param name="writer">The writer of a command.</param>
    public static WatchedWriter? Watched(TextWriter writer) => Verbatim(writer) as WatchedWriter;

    /// <inheritdoc/>
    public override void Write(char value) => Write(value.ToString());

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    /// <inheritdoc/>
    public override void Write(string? value) => _inner.Write(VisibleText.Lines(value ?? ""));

    /// <inheritdoc/>
    public override void WriteLine() => _inner.WriteLine();

    /// <inheritdoc/>
    public override void WriteLine(string? value) => _inner.WriteLine(VisibleText.Line(value ?? ""));

    /// <inheritdoc/>
    public override void Flush() => _inner.Flush();
}
