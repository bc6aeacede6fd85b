using System.Text;

namespace Metaflow.Cli.Terminal;

/// <summary>Passes texts on, and remembers that the stream could not take one: its disk is full, or its reader has gone.</summary>
/// <remarks>That tells such a failure from those of other files.</remarks>
internal sealed class WatchedWriter : TextWriter
{
    private readonly TextWriter _inner;
    private readonly bool _mayBeClosed;

    /// <summary>Watches a writer.</summary>
    /// <param name="inner">The writer.</param>
    /// <param name="mayBeClosed">Whether a stream that the user closed (<c>2&gt;&amp;-</c> in a shell) is not a failure: nobody wants its
    /// texts.</param>
    public WatchedWriter(TextWriter inner, bool mayBeClosed)
        : base(inner.FormatProvider)
    {
        _inner = inner;
        _mayBeClosed = mayBeClosed;
        CoreNewLine = inner.NewLine.ToCharArray();
    }

    /// <summary>Gets a value indicating whether a text was lost.</summary>
    public bool HasFailed => Fault is not null;

    /// <summary>Gets why a text was lost, or <see langword="null"/>.</summary>
    public IOException? Fault { get; private set; }

    /// <inheritdoc/>
    public override Encoding Encoding => _inner.Encoding;

    /// <inheritdoc/>
    public override void Write(char value) => Try(value, static (writer, text) => writer.Write(text));

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count)
        => Try(new string(buffer, index, count), static (writer, text) => writer.Write(text));

    /// <inheritdoc/>
    public override void Write(string? value) => Try(value, static (writer, text) => writer.Write(text));

    /// <inheritdoc/>
    public override void WriteLine() => Try("", static (writer, _) => writer.WriteLine());

    /// <inheritdoc/>
    public override void WriteLine(string? value) => Try(value, static (writer, text) => writer.WriteLine(text));

    /// <inheritdoc/>
    public override void Flush() => Try("", static (writer, _) => writer.Flush());

    private void Try<T>(T text, Action<TextWriter, T> write)
    {
        try
        {
            write(_inner, text);
        }
        catch (IOException error)
        {
            Fault = error;
            throw;
        }
        catch (UnauthorizedAccessException error)
        {
            if (_mayBeClosed)
            {
                return;
            }

            // What a closed stream is reported as ('>&-' in a shell).
            Fault = new IOException("It is closed, or it was not opened for writing.", error);
            throw Fault;
        }
    }
}
