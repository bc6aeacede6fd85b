using System.Globalization;
using System.Runtime.Loader;
using Metaflow.Code;
using Metaflow.Generators.Tests.Compiling;

namespace Metaflow.Generators.Tests.Code;

/// <summary>Random programs and random edits of their code, of their services too: a step has another identity if and only if it reaches
/// what was edited.</summary>
public sealed class RandomEditTests : IDisposable
{
    private const int Units = 12;
    private const int Services = 4;
    private const int EditsOfProgram = 4;
    private const int Forms = 13;

    private static readonly string[] _steps = ["start", "middle", "end"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("metaflow-edits-");

    private static int Cases => Environment.GetEnvironmentVariable("METAFLOW_LONG_TESTS") == "1" ? 500 : 30;

    [Fact]
    public void A_step_has_another_identity_if_and_only_if_it_reaches_what_was_edited()
    {
        var (changed, same, byService) = (0, 0, 0);
        for (var seed = 1; seed <= Cases; seed++)
        {
            var random = new Random(seed);
            var program = RandomProgram.Of(random);
            var before = IdentitiesOf(program);
            for (var edit = 0; edit < EditsOfProgram; edit++)
            {
                var edited = program.Edited(random);
                var after = IdentitiesOf(edited);
                foreach (var (name, step) in _steps.Zip(Enumerable.Range(0, _steps.Length)))
                {
                    var isSame = program.Reached(step) == edited.Reached(step);
                    Assert.True(
                        isSame == (before[name] == after[name]),
                        $"seed {seed}, edit {edit}: step {name} {(isSame ? "reaches the same" : "reaches something else")}\n"
                            + $"{program.Source}\n---\n{edited.Source}");
                    _ = isSame ? same++ : changed++;
                    byService += !isSame && program.Steps[step].Services.Count > 0 ? 1 : 0;
                }

                (program, before) = (edited, after);
            }
        }

        Assert.True(
            changed > Cases && same > Cases && byService > Cases / 2,
            $"{changed} changed, {byService} of them with services, {same} did not");
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private IReadOnlyDictionary<string, string> IdentitiesOf(RandomProgram program)
    {
        var path = Path.Combine(_folder.CreateSubdirectory(Guid.NewGuid().ToString("N")).FullName, "FlowUnderTest.dll");
        using (var file = File.Create(path))
        {
            var result = FlowCompilation.Of(program.Source).Output.Emit(file, cancellationToken: TestContext.Current.CancellationToken);
            Assert.True(result.Success, string.Join('\n', result.Diagnostics) + program.Source);
        }

        var context = new AssemblyLoadContext("identity", isCollectible: true);
        var flow = (FlowSpec)Activator.CreateInstance(context.LoadFromAssemblyPath(path).GetType("RandomFlow", throwOnError: true)!)!;
        var identities = CodeHasher.Of(flow, _steps);
        Assert.All(identities.Values, static identity => Assert.StartsWith("code:", identity, StringComparison.Ordinal));
        context.Unload();
        return identities;
    }

    /// <summary>A piece of code: a number of its own, and calls of pieces with smaller indices.</summary>
    private sealed record Piece(int Form, int Number, IReadOnlyList<int> Calls)
    {
        /// <summary>Gets the services that a step asks for.</summary>
        public IReadOnlyList<int> Services { get; init; } = [];

        public static Piece Of(Random random, int below)
            => new(random.Next(Forms), random.Next(1000), [.. Enumerable.Range(0, below).Where(_ => random.Next(below) < 2)]);

        public Piece Edited(Random random, int below) => random.Next(3) switch
        {
            0 => this with { Calls = Of(random, below).Calls },
            1 => this with { Form = random.Next(Forms) },
            _ => this with { Number = random.Next(1000) },
        };
    }

    private sealed record RandomProgram(IReadOnlyList<Piece> Pieces, IReadOnlyList<Piece> Made, IReadOnlyList<Piece> Steps)
    {
        public string Source => $$"""
            {{string.Join('\n', Pieces.Select(Declare))}}
            {{string.Join('\n', Made.Select((service, i) => $"public interface IS{i} {{ int Value(); }} public sealed class S{i} : IS{i} {{ public int Value() => {Expression(service)}; }}"))}}
            public sealed class MyServices : IFlowServices, IServiceProvider
            {
                public IServiceProvider Build() => this;
                public object? GetService(Type type) { {{string.Concat(Enumerable.Range(0, Made.Count).Select(i => $"if (type == typeof(IS{i})) return new S{i}(); "))}} return null; }
            }
            [FlowServices(typeof(MyServices))] public partial class RandomFlow : FlowSpec
            {
                {{string.Concat(Enumerable.Range(0, Made.Count).Select(i => $"[Service] public partial IS{i} Service{i} {{ get; }} "))}}
                public partial int Total { get; set; }
                [Step] Transition Start() { Total = {{Expression(Steps[0])}}; return Next(Middle); }
                [Step] Transition Middle() { Total += {{Expression(Steps[1])}}; return Next(End); }
                [Step] void End() => Console.WriteLine({{Expression(Steps[2])}});
            }
            """;

        public static RandomProgram Of(Random random)
        {
            var pieces = Enumerable.Range(0, Units).Select(i => Piece.Of(random, i)).ToList();
            return new(
                pieces,
                [.. Enumerable.Range(0, RandomEditTests.Services).Select(_ => Piece.Of(random, Units) with { Form = 0 })],
                [.. _steps.Select(_ => Piece.Of(random, Units) with { Form = 0, Services = Asked(random) })]);
        }

        /// <summary>Edits one piece, service or step.</summary>
        public RandomProgram Edited(Random random) => random.Next(4) switch
        {
            0 => this with { Made = Replaced(Made, random, service => service.Edited(random, Units) with { Form = 0 }) },
            1 =>
                this with
                {
                    Steps = Replaced(
                        Steps,
                        random,
                        step => step.Edited(random, Units) with
                        {
                            Form = 0,
                            Services = random.Next(2) == 0 ? step.Services : Asked(random),
                        }),
                },
            _ => Replace(random.Next(Units), random),
        };

        /// <summary>Says what a step reaches, with all that this reaches. One that asks for a service reaches what makes all of
        /// them.</summary>
        public string Reached(int step) => string.Concat(
            Reached(Steps[step]), "/", string.Join(',', Steps[step].Services), "/",
            Steps[step].Services.Count == 0 ? "" : string.Concat(Made.Select(Reached)));

        private static IReadOnlyList<int> Asked(Random random)
            => random.Next(2) == 0 ? [] : [.. Enumerable.Range(0, RandomEditTests.Services).Where(_ => random.Next(3) == 0)];

        private static IReadOnlyList<Piece> Replaced(IReadOnlyList<Piece> pieces, Random random, Func<Piece, Piece> edit)
        {
            var place = random.Next(pieces.Count);
            return [.. pieces.Select((piece, i) => i == place ? edit(piece) : piece)];
        }

        private RandomProgram Replace(int place, Random random)
            => this with { Pieces = [.. Pieces.Select((piece, i) => i == place ? piece.Edited(random, i) : piece)] };

        private string Reached(Piece piece)
            => $"{piece.Form}:{piece.Number}({string.Concat(piece.Calls.Select(call => $"{call}={Reached(Pieces[call])}"))})";

        private string Expression(Piece piece) => string.Join(
            " + ",
            [piece.Number.ToString(CultureInfo.InvariantCulture), .. piece.Calls.Select(Use),
                .. piece.Services.Select(static service => $"Service{service}.Value()")]);

        private string Use(int place) => Pieces[place].Form switch
        {
            0 or 9 => $"U{place}.Value()",
            1 => $"new U{place}().Value()",
            2 => $"U{place}.Value",
            3 => $"U{place}.Make()",
            4 or 5 => $"((I{place})new U{place}()).Value()",
            6 => $"new U{place}<int>().Value()",
            7 => $"U{place}.All().Sum()",
            10 => $"new U{place}().ToString()!.Length",
            11 => $"new SortedSet<int>([1, 2], new U{place}()).First()",
            12 => $"((Func<int>)new U{place}().Value)()",
            _ => $"U{place}.Later().GetAwaiter().GetResult()",
        };

        private string Declare(Piece piece, int place) => piece.Form switch
        {
            0 => $"public static class U{place} {{ public static int Value() => {Expression(piece)}; }}",
            1 => $"public class U{place} {{ public int Value() => {Expression(piece)}; }}",
            2 => $"public static class U{place} {{ public static readonly int Value = {Expression(piece)}; }}",
            3 => $"public static class U{place} {{ public static readonly Func<int> Make = () => {Expression(piece)}; }}",
            4 =>
                $"public interface I{place} {{ int Value(); }} public class U{place} : I{place} "
                    + $"{{ public int Value() => {Expression(piece)}; }}",
            5 =>
                $"public abstract class I{place} {{ public abstract int Value(); }} public class U{place} : I{place} "
                    + $"{{ public override int Value() => {Expression(piece)}; }}",
            6 => $"public class U{place}<T> {{ public int Value() => {Expression(piece)}; }}",
            7 => $"public static class U{place} {{ public static IEnumerable<int> All() {{ yield return {Expression(piece)}; }} }}",
            10 => $"public class U{place} {{ public override string ToString() => new string('x', {Expression(piece)}); }}",
            11 => $"public class U{place} : IComparer<int> {{ public int Compare(int x, int y) => {Expression(piece)}; }}",
            12 => $"public class U{place} {{ public int Value() => {Expression(piece)}; }}",
            8 =>
                $"public static class U{place} {{ public static async Task<int> Later() {{ await Task.Yield(); return {Expression(piece)}; "
                    + $"}} }}",
            _ => $"public static class U{place} {{ public static int Value() {{ return Local(); int Local() => {Expression(piece)}; }} }}",
        };
    }
}
