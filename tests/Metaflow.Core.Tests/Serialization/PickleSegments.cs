using System.Buffers;

namespace Metaflow.Core.Tests.Serialization;

internal sealed class PickleSegments(ReadOnlySequence<byte> payload)
{
    public IReadOnlyList<int> Lengths
    {
        get
        {
            var lengths = new List<int>();
            foreach (var segment in payload)
            {
                lengths.Add(segment.Length);
            }

            return lengths;
        }
    }
}
