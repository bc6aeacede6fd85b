using System.Globalization;
using System.Text.RegularExpressions;
using Metaflow.Definition;
using Metaflow.Errors;
using Metaflow.Generators.Tests.Compiling;
using Metaflow.Generators.Tests.Generation;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Tests.Analysis;

/// <summary>The analyzer, the check before a run and the reading itself agree about what a parameter can be and what its default can
/// be.</summary>
public sealed partial class ParameterFormTests
{
    private const string Types = """
        public enum Level { Low, High, very_high }
        [Flags] public enum Part { None, Head = 1, Tail = 2 }
        public record Point(int X, int Y = 0);
        public record Tree(int Value, Tree? Left = null);
        public class Plain { public int A { get; set; } public string? B { get; set; } }
        public class Needs { public required Point P { get; init; } }
        public class Lone { public Lone(int a) => A = a; public int A { get; } }
        public readonly record struct Pair(int A, int B);
        public class Items : List<int>;
        [System.Text.Json.Serialization.JsonDerivedType(typeof(Square), "square")] public abstract record Shape; public record Square(int Side) : Shape;
        [System.Text.Json.Serialization.JsonConverter(typeof(Own))] public interface IOwn;
        public class Own : System.Text.Json.Serialization.JsonConverter<IOwn> { public override IOwn Read(ref System.Text.Json.Utf8JsonReader r, Type t, System.Text.Json.JsonSerializerOptions o) { r.Skip(); return null!; } public override void Write(System.Text.Json.Utf8JsonWriter w, IOwn v, System.Text.Json.JsonSerializerOptions o) { } }
        public class OptionalBad { public int A { get; set; } public IFace? F { get; set; } }
        public interface IFace { int A { get; } }
        public abstract class Abstract { public int A { get; set; } }
        public class TwoWays { public TwoWays(int a) => A = a; public TwoWays(string a) => A = a.Length; public int A { get; } }
        public class Hidden { private Hidden() { } public int A { get; set; } }
        public class Mismatch { public Mismatch(int b) => A = b; public int A { get; } }
        public class Constant { public int A => 1; }
        public readonly struct Fixed(int a) { public int A { get; } = a; }
        public record NeedsBad(IFace F);
        public class RequiresBad { public required IFace F { get; init; } }
        public class OnlyRead : IReadOnlyList<int> { public int this[int i] => i; public int Count => 0; public IEnumerator<int> GetEnumerator() => throw new InvalidOperationException(); System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator(); }
        public class Failure(string message) : Exception(message);
        """;

    private static readonly string[] Lists =
    [
        "{0}[]", "List<{0}>", "IEnumerable<{0}>", "IReadOnlyList<{0}>", "IReadOnlyCollection<{0}>", "ICollection<{0}>", "IList<{0}>",
        "ISet<{0}>", "IReadOnlySet<{0}>", "HashSet<{0}>", "SortedSet<{0}>", "Queue<{0}>", "Stack<{0}>", "LinkedList<{0}>",
        "System.Collections.ObjectModel.Collection<{0}>", "System.Collections.ObjectModel.ReadOnlyCollection<{0}>",
        "System.Collections.ObjectModel.ReadOnlySet<{0}>", "System.Collections.Immutable.ImmutableArray<{0}>",
        "System.Collections.Immutable.IImmutableSet<{0}>", "System.Collections.Immutable.ImmutableSortedSet<{0}>",
        "System.Collections.Frozen.FrozenSet<{0}>", "System.Collections.Concurrent.ConcurrentQueue<{0}>", "Memory<{0}>",
        "System.Collections.ObjectModel.ObservableCollection<{0}>",
    ];

    private static readonly string[] Dictionaries =
    [
        "Dictionary<{0}, {1}>", "IDictionary<{0}, {1}>", "IReadOnlyDictionary<{0}, {1}>", "SortedDictionary<{0}, {1}>",
        "SortedList<{0}, {1}>", "OrderedDictionary<{0}, {1}>", "System.Collections.Immutable.ImmutableDictionary<{0}, {1}>",
        "System.Collections.Frozen.FrozenDictionary<{0}, {1}>", "System.Collections.ObjectModel.ReadOnlyDictionary<{0}, {1}>",
        "System.Collections.Concurrent.ConcurrentDictionary<{0}, {1}>",
    ];

    private static readonly (string Type, string Text)[] Scalars =
    [
        ("sbyte", "-5"), ("byte", "5"), ("short", "5"), ("ushort", "5"), ("int", "5"), ("uint", "5"), ("long", "5"), ("ulong", "5"),
        ("nint", "5"), ("nuint", "5"), ("Int128", "5"), ("UInt128", "5"), ("System.Numerics.BigInteger", "5"), ("Half", "1.5"),
        ("float", "1.5"), ("double", "1.5"), ("decimal", "1.5"), ("bool", "true"), ("char", "c"), ("System.Text.Rune", "c"),
        ("string", "text"),
        ("Guid", "6f9619ff-8b86-d011-b42d-00c04fc964ff"), ("Version", "1.2"), ("Uri", "http://h/"), ("FileInfo", "/tmp/x"),
        ("DirectoryInfo", "/tmp"), ("DateTime", "2026-01-31"),
        ("DateTimeOffset", "2026-01-31T12:00:00+01:00"), ("DateOnly", "2026-01-31"), ("TimeOnly", "12:30"), ("TimeSpan", "01:30:00"),
        ("Level", "High"), ("Part", "Head,Tail"),
    ];

    private static readonly (string Type, string Text)[] Objects =
    [
        ("object", "{\"a\":1}"), ("Point", "{\"x\":1}"), ("Tree", "{\"value\":1,\"left\":{\"value\":2}}"), ("Plain", "{\"a\":1}"),
        ("Needs", "{\"p\":{\"x\":1}}"), ("Lone", "{\"a\":1}"), ("Pair", "{\"a\":1,\"b\":2}"), ("Items", "[1]"),
        ("Shape", "{\"$type\":\"square\",\"Side\":1}"), ("OptionalBad", "{\"a\":1}"),
        ("KeyValuePair<string, int>", "{\"key\":\"a\",\"value\":1}"), ("Tuple<int, string>", "{\"item1\":1,\"item2\":\"a\"}"),
        ("System.Text.Json.JsonElement", "{\"a\":1}"), ("System.Text.Json.Nodes.JsonObject", "{\"a\":1}"),
        ("System.Collections.ArrayList", "[1]"), ("System.Collections.IEnumerable", "[1]"), ("List<List<Point>>", "[[{\"x\":1}]]"),
        ("Dictionary<string, object>[]", "[{\"a\":1}]"), ("Point[][]", "[[{\"x\":1}]]"), ("System.Drawing.Point", "{\"x\":1,\"y\":2}"),
    ];

    private static readonly string[] WithoutForm =
    [
        "IFace", "Abstract", "TwoWays", "Hidden", "Mismatch", "Constant", "Fixed", "NeedsBad", "RequiresBad", "OnlyRead", "Failure",
        "Exception", "(int A, int B)", "(string, int)[]", "System.Numerics.Complex", "System.Net.IPAddress",
        "System.Globalization.CultureInfo", "System.Text.Encoding", "TimeZoneInfo", "Index", "Range", "int[,]", "List<int[,]>",
        "ArraySegment<int>", "System.Collections.BitArray", "System.Collections.Concurrent.ConcurrentBag<int>", "PriorityQueue<int, int>",
        "ILookup<string, int>", "IOrderedEnumerable<int>", "System.Numerics.Vector3", "Dictionary<Point, int>", "Dictionary<object, int>",
        "List<IFace>", "Dictionary<string, Abstract>", "IFace?", "Enum", "Array", "Lazy<int>", "Point[,,]", "Random",
        "System.Text.RegularExpressions.Regex", "Stream", "Func<int>", "Task<int>", "Type", "Dictionary<int, Action>", "CancellationToken",
    ];

    private static readonly (string Type, string[] Texts)[] Defaults =
    [
        ("int", ["5", "+5", " 5 ", "05", "2147483648", "-2147483648", "1e3", "5.0", "", "x", "0x10", "1,000"]),
        ("ulong", ["18446744073709551615", "18446744073709551616", "-1", "-0"]),
        ("Int128", ["170141183460469231731687303715884105727", "170141183460469231731687303715884105728", "1.0"]),
        ("UInt128", ["340282366920938463463374607431768211455", "340282366920938463463374607431768211456"]),
        ("nint", ["9223372036854775807", "9223372036854775808"]),
        ("System.Numerics.BigInteger", ["1" + "0000000000000000000000000000000000000000", "1.5", "-5"]),
        ("double", [".5", "5.", "1e400", "NaN", "nan", "inf", "-Infinity", "+infinity", "1e", "1_000", "0x1", "1e-400", "", "."]),
        ("float", ["1e38", "1e39", "1e-46", "1e-60", "0e999", "-inf"]),
        ("Half", ["65504", "65519", "65520", "70000", "1e-8", "1e-9", "0"]),
        ("decimal",
            ["1.50", "1e-28", "1e-29", "79228162514264337593543950335", "79228162514264337593543950336", "0.12345678901234567890123456789",
                "NaN", "1-", "1,5"]),
        ("bool", ["yes", "OFF", "2", "tru", "T"]),
        ("char", ["a", " ", "ab", "", "\u00e9"]),
        ("System.Text.Rune", ["a", "\U0001F600", "ab", " "]),
        ("Guid", ["6f9619ff-8b86-d011-b42d-00c04fc964ff", "x"]),
        ("Version", ["1", "1.2", "1.2.3.4", "1.2.3.4.5", "1.x"]),
        ("Uri", ["http://h/", "a b", "http://", ""]),
        ("FileInfo", ["/x", ""]),
        ("DateTime", ["2026-01-31", "2026-01-31 12:00:00", "2026-02-30", "01/02/2026", "12:30", "soon", "2026-1-1"]),
        ("DateTimeOffset", ["2026-01-31T12:00:00+01:00", "12:30", "31.01.2026"]),
        ("DateOnly", ["2026-01-31", "2026-01-31T00:00:00", "01/02/2026", "2026-1-31"]),
        ("TimeOnly", ["12:30", "1:30", "12:30:15.5", "25:00", "12", "12:30 PM"]),
        ("TimeSpan", ["90", "01:30", "1:30:00", "1.02:00:00", "PT1H", "P1W", "-P2W", "P1M", "P1Y", "P99999999W", "25:00", "1 h", "PT"]),
        ("Level", ["Low", "low", "veryhigh", "VERY-HIGH", "1", "Low,High", "", "mid"]),
        ("Part", ["Head, tail", "head", "4", "Head,", "None"]),
        ("int[]", ["1,2", "[1,2]", "1", "a,b", "", "1,", "1;2"]),
        ("List<double>", [".5,1e3", "x"]),
        ("IReadOnlySet<Level>", ["low,HIGH", "low,mid"]),
        ("string[]", ["a,b", "a", "[\"a\"]"]),
        ("List<Point>", ["1,2", "x", "[{\"x\":1}]"]),
        ("int?", ["5", "x"]),
    ];

    [Fact]
    public async Task Whatever_the_analyzer_takes_can_be_read_and_whatever_it_refuses_cannot()
    {
        var good = Good().ToList();
        var types = good.Select(static pair => pair.Type).Concat(WithoutForm).ToList();
        var flow = FlowCompilation.Of($$"""
            public partial class F : FlowSpec
            {
                {{string.Join("\n    ", types.Select(static (type, at) => $"[Parameter] public partial {type} P{at} {{ get; }}"))}}
                [Step] Transition Start() => Next(End);
                [Step] void End() { }
            }
            {{Types}}
            """);
        Assert.DoesNotContain(flow.Problems(), static problem => problem.Severity == DiagnosticSeverity.Error);
        var told = (await flow.AnalyzeAsync())
            .Where(static problem => problem.Id is RuleCodes.ParameterWithoutForm or RuleCodes.UnstorableArtifact)
            .Select(static problem => PlaceOf(problem.GetMessage(CultureInfo.InvariantCulture))).Order().ToList();
        Assert.Equal(types[good.Count..], told.Select(at => types[at]));

        var definition = FlowGeneratorTests.Define(flow.Load("F"));
        var checkedBeforeRuns = ParameterRules.Check(definition).Where(static problem => problem.Code == RuleCodes.ParameterWithoutForm)
            .Select(static problem => PlaceOf(problem.What));
        Assert.Equal(types[good.Count..], checkedBeforeRuns.Order().Select(at => types[at]));

        foreach (var parameter in definition.Parameters)
        {
            var at = PlaceOf($"'{parameter.MemberName}'");
            string[] texts = at < good.Count
                ? [good[at].Text]
                : ["1", "a", "[1]", "[[1]]", "{\"a\":1}", "{\"x\":1,\"y\":1}", "{\"a\":{\"a\":1}}"];
            foreach (var text in texts)
            {
                var error = Record.Exception(() => ParameterText.Read(parameter, text));
                Assert.True(
                    at < good.Count ? error is null : error is ConfigurationException { Code: ErrorCodes.InvalidValue },
                    $"{types[at]}: {text}: {error}");
            }
        }
    }

    [Fact]
    public async Task A_default_that_the_analyzer_takes_can_be_read_and_no_other()
    {
        var given = Defaults.SelectMany(static pair =>
            pair.Texts.Select(text => (pair.Type, Value: $"\"{text.Replace("\"", "\\\"", StringComparison.Ordinal)}\""))).ToList();
        var flow = FlowCompilation.Of($$"""
            public partial class F : FlowSpec
            {
                {{string.Join("\n    ", given.Select(static (pair, at) => $"[Parameter(Default = {pair.Value})] public partial {pair.Type} P{at} {{ get; }}"))}}
                [Step] Transition Start() => Next(End);
                [Step] void End() { }
            }
            {{Types}}
            """);
        var told = (await flow.AnalyzeAsync()).Where(static problem => problem.Id == RuleCodes.DefaultUnreadable)
            .Select(static problem => PlaceOf(problem.GetMessage(CultureInfo.InvariantCulture))).Order();
        var definition = FlowGeneratorTests.Define(flow.Load("F"));
        var refused = definition.Parameters.Where(parameter => IsRefused(definition with { Parameters = [parameter] }))
            .Select(static parameter => PlaceOf($"'{parameter.MemberName}'")).Order();
        Assert.Equal(refused.Select(at => given[at]), told.Select(at => given[at]));
    }

    private static IEnumerable<(string Type, string Text)> Good()
    {
        foreach (var (type, text) in Scalars)
        {
            yield return (type, text);
            yield return (type is "string" or "Version" or "Uri" or "FileInfo" or "DirectoryInfo" ? type + "?" : $"Nullable<{type}>", text);
            yield return ($"{type}[]", $"[{(IsText(type, text) ? $"\"{text}\"" : text)}]");
            if (type != "Part")
            {
                yield return ($"IReadOnlyDictionary<{type}, Point>", $"{{\"{text}\":{{\"x\":1}}}}");
            }
        }

        foreach (var list in Lists)
        {
            yield return (string.Format(CultureInfo.InvariantCulture, list, "Level"), "low,high");
            yield return (string.Format(CultureInfo.InvariantCulture, list, "int"), "[1,2]");
        }

        foreach (var dictionary in Dictionaries)
        {
            yield return (string.Format(CultureInfo.InvariantCulture, dictionary, "string", "int"), "{\"a\":1}");
            yield return (string.Format(CultureInfo.InvariantCulture, dictionary, "Level", "List<Point>"), "{\"low\":[{\"x\":1}]}");
        }

        foreach (var pair in Objects)
        {
            yield return pair;
        }
    }

    private static bool IsText(string type, string text)
        => type is "string" or "Version" or "Guid" or "Uri" or "FileInfo" or "DirectoryInfo" or "char"
            or "System.Text.Rune" or "Level" or "Part"
            || text.Contains(':', StringComparison.Ordinal) || text.StartsWith("20", StringComparison.Ordinal);

    private static bool IsRefused(FlowDefinition definition)
    {
        try
        {
            ParameterValues.Resolve(definition, new Dictionary<string, string>(), new Dictionary<string, string>());
            return false;
        }
        catch (ConfigurationException error) when (error.Code == ErrorCodes.InvalidDefault)
        {
            return true;
        }
    }

    private static int PlaceOf(string message) => int.Parse(Names().Match(message).Groups[1].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex("'[Pp]_?(\\d+)'")]
    private static partial Regex Names();
}
