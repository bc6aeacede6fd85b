using System.Collections;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using Metaflow.Errors;
using Metaflow.Serialization;

namespace Metaflow.Core.Tests.Serialization;

public sealed class ReadingCheckTests
{
    internal interface INamed
    {
        string Name { get; }
    }

    public static TheoryData<Type, object, string> NeverReadable => new()
    {
        { typeof(Figure), new Circle(1), "'x' is a 'Circle' declared as 'Figure'" },
        { typeof(INamed), new Named("a"), "'x' is a 'Named' declared as 'INamed'" },
        { typeof(List<Figure>), new List<Figure> { new Circle(1) }, "'x[0]' is a 'Circle' declared as 'Figure'" },
        { typeof(Figure[]), new Figure[] { new Circle(1) }, "'x[0]'" },
        { typeof(Dictionary<string, Figure>), new Dictionary<string, Figure> { ["a"] = new Circle(1) }, "'x[\"a\"]'" },
        { typeof((int, Figure)), (1, (Figure)new Circle(1)), "'x[1]'" },
        { typeof(Drawing), new Drawing("a", [null, new Circle(1)]), "'x.Figures[1]'" },
        { typeof(Opaque), new Opaque(1), "'x' is a 'Opaque', which could be stored but never read again" },
        { typeof(ArrayList), new ArrayList { 1 }, "'x' is a 'ArrayList'" },
        { typeof(BitArray), new BitArray(3), "'x' is a 'BitArray'" },
        { typeof(Hashtable), new Hashtable { ["a"] = 1 }, "'x' is a 'Hashtable'" },
        { typeof(ArraySegment<string>), new ArraySegment<string>(["a"]), "'x' is a 'ArraySegment<String>'" },
    };

    [Theory]
    [MemberData(nameof(NeverReadable), DisableDiscoveryEnumeration = true)]
    public void What_could_never_be_read_again_is_refused_when_it_is_stored(Type declared, object value, string place)
    {
        var error = Assert.Throws<StorageException>(() => ArtifactSerializer.Serialize(value, declared, "x"));
        Assert.Equal(ErrorCodes.TypeCannotBeConstructed, error.Code);
        Assert.Contains(place, error.Message, StringComparison.Ordinal);
        Assert.Contains("Declare it as", error.Fix, StringComparison.Ordinal);
    }

    public static TheoryData<Type, object?> Readable => new()
    {
        { typeof(object), new { Radius = 1.0 } },
        { typeof(object), new ArrayList { 1 } },
        { typeof(IEnumerable), new ArrayList { 1 } },
        { typeof(IComparable), "a" },
        { typeof(Figure), null },
        { typeof(List<Figure>), new List<Figure>() },
        { typeof(Drawing), new Drawing("a", [null]) },
        { typeof(IEnumerable<int>), Enumerable.Range(0, 3).Select(number => number * 2) },
        {
            typeof(IReadOnlyDictionary<string, IReadOnlyList<Circle>>),
            new Dictionary<string, IReadOnlyList<Circle>> { ["a"] = [new Circle(1)] }
        },
        { typeof(IImmutableDictionary<string, int>), ImmutableDictionary<string, int>.Empty },
        { typeof(ISet<int>), new HashSet<int> { 1 } },
        { typeof(ICollection), new List<int> { 1 } },
        { typeof(ReadOnlyDictionary<string, int>), new ReadOnlyDictionary<string, int>(new Dictionary<string, int>()) },
        { typeof(Stack<int>), new Stack<int>([1]) },
        { typeof(Grown<int>), new Grown<int>() },
        { typeof(List<Doubled>), new List<Doubled>() },
    };

    [Theory]
    [MemberData(nameof(Readable), DisableDiscoveryEnumeration = true)]
    public void What_can_be_read_again_is_stored(Type declared, object? value) =>
        Assert.Equal("pickle-v4", ArtifactSerializer.Serialize(value, declared).Encoding);

    [Fact]
    public void A_cycle_of_types_and_of_values_is_gone_through_once()
    {
        var node = new Node { Figures = [] };
        node.Next = node;
        Assert.NotEqual(0, ArtifactSerializer.Serialize(node, typeof(Node)).Payload.Length);
        node.Figures.Add(new Circle(1));
        Assert.Equal(
            ErrorCodes.TypeCannotBeConstructed,
            Assert.Throws<StorageException>(() => ArtifactSerializer.Serialize(node, typeof(Node))).Code);
    }

    internal abstract record Figure;

    internal sealed record Circle(double Radius) : Figure;

    internal sealed record Named(string Name) : INamed;

    internal sealed record Drawing(string Name, List<Figure?> Figures);

    internal sealed class Opaque(int unrelated)
    {
        public string Value { get; } = $"{unrelated}";
    }

    internal sealed class Doubled
    {
        public int MaxSize { get; set; }

        [ArtifactKey("max_size")]
        public int Other { get; set; }
    }

    internal sealed class Node
    {
        public Node? Next { get; set; }

        public List<Figure>? Figures { get; set; }
    }

    internal sealed class Grown<T>
    {
        public T? Value { get; set; }

        public Grown<Grown<T>>? Larger { get; set; }
    }
}
