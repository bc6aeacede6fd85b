using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Metaflow.Commands;
using Metaflow.Running;

namespace Metaflow.Cli.Views;

/// <summary>Prints a run for programs: a JSON object for each event, on a line of its own.</summary>
/// <remarks>Thread-safe. Names of events and fields are never given another meaning; new ones may be added. Errors go to the stream of
/// errors as text.</remarks>
internal sealed class JsonRunView : IRunView
{
    /// <summary>The shortest time between two events of numbers: a run of many tasks has several for each.</summary>
    private static readonly TimeSpan CountsInterval = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly ConsoleStreams _streams;
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly Utf8JsonWriter _json;
    private RunEvent.Progress? _unsaid;
    private DateTimeOffset _lastCounts;

    /// <summary>Begins to print a run.</summary>
    /// <param name="streams">The console.</param>
    public JsonRunView(ConsoleStreams streams)
    {
        _streams = streams;
        _json = new Utf8JsonWriter(_buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    /// <inheritdoc/>
    public void OnEvent(RunEvent runEvent)
    {
        lock (_gate)
        {
            if (runEvent is RunEvent.Progress progress)
            {
                _unsaid = progress;
                if (progress.At - _lastCounts >= CountsInterval)
                {
                    WriteCounts();
                }

                return;
            }

            if (runEvent is RunEvent.RunEnded or RunEvent.RunStopping)
            {
                WriteCounts();
            }

            Write(json => RunEventJson.Write(json, runEvent));
        }
    }

    /// <inheritdoc/>
    public void ShowEnd(RunEnd end)
    {
        lock (_gate)
        {
            WriteCounts();
            Write(json => RunEventJson.Write(json, end, _streams.Time.GetUtcNow()));
        }

        ErrorView.WriteEnd(_streams, end);
    }

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();

    private void WriteCounts()
    {
        if (_unsaid is { } progress)
        {
            _unsaid = null;
            _lastCounts = progress.At;
            Write(json => RunEventJson.Write(json, progress));
        }
    }

    private void Write(Action<Utf8JsonWriter> write)
    {
        _buffer.ResetWrittenCount();
        _json.Reset();
        _json.WriteStartObject();
        write(_json);
        _json.WriteEndObject();
        _json.Flush();

        // In one write, so that other writers to the same pipe cannot come in between. The writer shows what an escape may hide.
        _streams.Out.Write(Encoding.UTF8.GetString(_buffer.WrittenSpan) + "\n");
    }
}
