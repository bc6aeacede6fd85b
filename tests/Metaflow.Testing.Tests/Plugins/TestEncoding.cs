using System.Buffers;
using System.Text;
using Metaflow.Serialization;

namespace Metaflow.Testing.Tests.Plugins;

/// <summary>A value that the test's encoding takes.</summary>
internal sealed record Drawing(string Lines);

/// <summary>Stores drawings as their lines.</summary>
internal sealed class DrawingEncoding : IArtifactEncoding
{
    public string Name => "drawing-v1";

    public bool CanWrite(object value, Type declaredType) => value is Drawing;

    public ReadOnlySequence<byte> Write(object value, Type declaredType)
        => value is Drawing { Lines: not "broken" and var lines }
            ? new(Encoding.UTF8.GetBytes(lines))
            : throw new InvalidOperationException("the pen is dry");

    public object? Read(ReadOnlyMemory<byte> payload, Type type) => new Drawing(Encoding.UTF8.GetString(payload.Span));
}
