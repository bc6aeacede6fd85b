using System.Buffers;
using System.Collections;
using FsCheck;
using FsCheck.Fluent;
using Metaflow.Errors;
using Metaflow.Serialization;

namespace Metaflow.Core.Tests.Serialization;

/// <summary>An object is read into the type that its place is declared as. One of a derived type would lose what that adds, and is refused
/// wherever it is.</summary>
public sealed class DerivedTypeTests
{
    public static TheoryData<Type, object, string> Lost => new()
    {
        { typeof(Animal), new Dog(), "'x' is a 'Dog' declared as 'Animal'" },
        { typeof(List<Animal>), new List<Animal> { new(), new Dog() }, "'x[1]'" },
        { typeof(List<Animal>), new Pack(), "'x[0]'" },
        { typeof(IReadOnlyList<Animal>), new List<Dog> { new() }, "'x[0]'" },
        { typeof(Animal[]), new Dog[] { new() }, "'x[0]'" },
        { typeof(Animal[,]), new Animal[,] { { new Animal(), new Dog() } }, "'x[1]'" },
        { typeof(IEnumerable<Animal>), Enumerable.Range(0, 1).Select(static _ => new Dog()), "'x[0]'" },
        { typeof(HashSet<Animal>), new HashSet<Animal> { new Dog() }, "'x[0]'" },
        { typeof(Dictionary<string, Animal>), new Dictionary<string, Animal> { ["a"] = new Dog() }, "'x[\"a\"]'" },
        { typeof(Dictionary<Animal, int>), new Dictionary<Animal, int> { [new Dog()] = 1 }, "'Dog' declared as 'Animal'" },
        { typeof((int, Animal)), (1, (Animal)new Dog()), "'x[1]'" },
        { typeof(KeyValuePair<string, Animal>), KeyValuePair.Create("a", (Animal)new Dog()), "'x[1]'" },
        { typeof(Kennel), new Kennel { Guard = new Dog() }, "'x.Guard'" },
        { typeof(Kennel), new Kennel { Named = { ["a"] = [new Dog()] } }, "'x.Named[\"a\"][0]'" },
        { typeof(Kennel), new Kennel { Anything = new Dog() }, "'x.Anything' is a 'Dog' declared as 'Object'" },
        { typeof(Kennel), new Kennel { Any = [1, new Dog()] }, "'x.Any[1]'" },
        { typeof(Kennel), new Kennel { Any = [new { Inner = new Dog() }] }, "'x.Any[0].Inner'" },
        { typeof(object), new Dog(), "'x' is a 'Dog' declared as 'Object'" },
        { typeof(object), new List<Animal> { new() }, "'x[0]'" },
        { typeof(object), new Dictionary<string, object> { ["a"] = new Coordinate(1) }, "'x[\"a\"]' is a 'Coordinate'" },
        { typeof(object), (1, new Coordinate(1)), "'x[1]'" },
        { typeof(ValueType), new Coordinate(1), "'x' is a 'Coordinate' declared as 'ValueType'" },
        { typeof(IEnumerable), new ArrayList { new Dog() }, "'x[0]'" },
        { typeof(IFormattable), new Length(1), "'x' is a 'Length' declared as 'IFormattable'" },
        { typeof(Node), new Node { Next = new Node { Next = new LastNode() } }, "'x.Next.Next'" },
    };

    [Theory]
    [MemberData(nameof(Lost), DisableDiscoveryEnumeration = true)]
    public void An_object_that_would_be_read_as_its_base_is_refused_with_its_place(Type declared, object value, string place)
    {
        var error = Assert.Throws<StorageException>(() => ArtifactSerializer.Serialize(value, declared, "x"));
        Assert.Equal(ErrorCodes.DerivedTypeWouldBeLost, error.Code);
        Assert.Contains(place, error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<Type, object?> Kept => new()
    {
        { typeof(Animal), new Animal() },
        { typeof(Dog), new Dog() },
        { typeof(List<Dog>), new List<Dog> { new() } },
        {
            typeof(Kennel),
            new Kennel { Guard = new Animal(), Anything = 1, Any = [1, "a", 2.5, null, new List<int> { 1 }, new { A = 1 }] }
        },
        { typeof(object), new { A = 1, B = new[] { new { C = "x" } } } },
        { typeof(object), new Dictionary<string, object?> { ["a"] = new List<object?> { 1, (2, "b"), DayOfWeek.Friday, null } } },
        { typeof(object), new PythonObject("m", "C", [1L]) },
        { typeof(IComparable), 5 },
        { typeof(Node), new Node { Next = new Node() } },
        { typeof(IEnumerable<Animal>), Enumerable.Range(0, 3).Select(static _ => new Animal()) },
    };

    [Theory]
    [MemberData(nameof(Kept), DisableDiscoveryEnumeration = true)]
    public void What_is_what_it_is_declared_as_is_stored(Type declared, object? value)
        => Assert.NotEqual(0, ArtifactSerializer.Serialize(value, declared).Payload.Length);

    [Fact]
    public void Items_that_can_be_enumerated_once_are_enumerated_once()
    {
        var asked = 0;
        IEnumerable<Animal> Once()
        {
            asked++;
            yield return new Animal { Name = "a" };
        }

        var stored = ArtifactSerializer.Serialize(Once(), typeof(IEnumerable<Animal>));
        Assert.Equal(1, asked);
        Assert.Equal(
            ["a"],
            ArtifactSerializer.Deserialize<Animal[]>(stored.Payload.ToArray(), stored.Encoding).Select(static animal => animal.Name));
    }

    [Fact]
    public void A_type_derived_from_one_that_is_stored_as_a_text_is_refused()
        => Assert.Equal(
            ErrorCodes.StateWouldBeLost,
            Assert.Throws<StorageException>(() => ArtifactSerializer.Serialize(new Tagged("http://h"), typeof(Uri))).Code);

    [Fact]
    public void Of_values_made_at_random_each_is_read_as_it_was_or_refused()
    {
        var refused = 0;
        Prop.ForAll(Values(3).ToArbitrary(), value =>
        {
            try
            {
                var kennel = new Kennel
                {
                    Guard = value as Animal,
                    Anything = value is Animal ? null : value,
                    Named = { ["a"] = [.. (value as IEnumerable<Animal>) ?? []] },
                };
                var read = Pickles.RoundTrip(kennel);
                return Text(read.Guard) == Text(kennel.Guard) && Text(read.Named["a"]) == Text(kennel.Named["a"]);
            }
            catch (StorageException error)
            {
                refused++;
                return error.Code == ErrorCodes.DerivedTypeWouldBeLost && Holds(value);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
        Assert.InRange(refused, 100, 900);
    }

    /// <summary>Says whether a value has a part that its place does not tell: an animal that is a dog, or any where anything may
    /// be.</summary>
    private static bool Holds(object? value) => value switch
    {
        Animal animal => animal is Dog || animal.Friends.Exists(Holds),
        List<Animal> animals => animals.Count > 0,
        List<object?> items =>
            items.Exists(static item => item is Animal or List<object?> or List<Animal> && (item is Animal || Holds(item))),
        _ => false,
    };

    private static string Text(object? value) => value switch
    {
        Animal animal => $"{animal.GetType().Name} {animal.Name} {(animal as Dog)?.Breed} {Text(animal.Friends)}",
        IEnumerable<Animal> animals => $"[{string.Join(",", animals.Select(Text))}]",
        _ => $"{value}",
    };

    private static Gen<object?> Values(int depth)
    {
        var animal = Animals(depth);
        var any = Gen.OneOf(animal.Select(static one => (object?)one), Gen.Constant<object?>(1L), Gen.Constant<object?>("a"));
        return Gen.OneOf(
            animal.Select(static one => (object?)one),
            animal.ListOf(2).Select(static list => (object?)list.ToList()),
            any.ListOf(2).Select(static list => (object?)list.ToList()));
    }

    private static Gen<Animal> Animals(int depth) =>
        from isDog in Gen.Choose(0, 4)
        from name in Gen.Elements("a", "b")
        from friends in depth == 0
            ? Gen.Constant(new List<Animal>())
            : Gen.Choose(0, 2).SelectMany(count => Animals(depth - 1).ListOf(count)).Select(static list => list.ToList())
        select isDog == 0 ? new Dog { Name = name, Breed = "x", Friends = friends } : new Animal { Name = name, Friends = friends };

    internal class Animal
    {
        public string Name { get; set; } = "";

        public List<Animal> Friends { get; set; } = [];
    }

    internal sealed class Dog : Animal
    {
        public string? Breed { get; set; }
    }

    internal sealed class Pack : List<Animal>
    {
        public Pack() => Add(new Dog());
    }

    internal sealed class Kennel
    {
        public Animal? Guard { get; set; }

        public Dictionary<string, List<Animal>> Named { get; set; } = [];

        public object? Anything { get; set; }

        public List<object?> Any { get; set; } = [];
    }

    internal class Node
    {
        public Node? Next { get; set; }
    }

    internal sealed class LastNode : Node;

    internal readonly record struct Coordinate(int X);

    internal sealed record Length(int Metres) : IFormattable
    {
        public string ToString(string? format, IFormatProvider? formatProvider) => "";
    }

    internal sealed class Tagged(string address) : Uri(address)
    {
        public string? Tag { get; set; }
    }
}
