namespace Metaflow.Generators.Tests.Analysis;

/// <summary>Each mistake in the types of artifacts, and in what is kept between steps, is told at its place.</summary>
public sealed class BadArtifactTests
{
    [Theory]
    [InlineData("MF1056", "public partial [|Shape|] A { get; set; } [Step] void End() { } } public abstract class Shape { } class G {")]
    [InlineData("MF1056", "public partial [|List<Shape>|] A { get; set; } [Step] void End() { } } public abstract record Shape; class G {")]
    [InlineData(
        "MF1056",
        "public partial [|Dictionary<string, IShape[]>|] A { get; set; } [Step] void End() { } } public interface IShape { } class G {")]
    [InlineData(
        "MF1056", "public partial [|(int, IShape?)|] A { get; set; } [Step] void End() { } } public interface IShape { } class G {")]
    [InlineData(
        "MF1056",
        "public partial [|Drawing|] A { get; set; } [Step] void End() { } } public interface IShape { } public record Drawing(string Name, "
            + "List<IShape> Shapes); class G {")]
    [InlineData(
        "MF1056",
        "public partial [|Drawing|] A { get; set; } [Step] void End() { } } public abstract class Shape { } public class Base { public "
            + "Shape? Main { get; private set; } } public class Drawing : Base { } class G {")]
    [InlineData(
        "MF1056",
        "[Step] Transition Start() => Next(A, forEach: [|new List<Shape>()|]); [Step] Transition A(Shape s) => Next(J); "
            + "[Step] Transition J(Inputs<F> i) => Next(End); [Step] void End() { } } public abstract class Shape { } class G {")]
    [InlineData(
        "MF1056", "public partial [|Herd|] A { get; set; } [Step] void End() { } } public abstract class Herd : List<int> { } class G {")]
    [InlineData(
        "MF1051", "public partial [|List<R>|] A { get; set; } [Step] void End() { } } public record R(int UserId, int user_id); class G {")]
    [InlineData(
        "MF1057",
        "[Step] void End() { } } public class R { [[|FormerArtifactName(\"B\")|]] public int A { get; set; } public int B { get; set; } } "
            + "class G {")]
    [InlineData(
        "MF1057",
        "[Step] void End() { } } public class R { [[|FormerArtifactName(\"max_size\")|]] public int A { get; set; } "
            + "public int MaxSize { get; set; } } class G {")]
    [InlineData(
        "MF1057", "[Step] void End() { } } public class R { [[|FormerArtifactName(\"A\")|]] public int A { get; set; } } class G {")]
    [InlineData(
        "MF1057",
        "[Step] void End() { } } public class B { public int Old { get; set; } } public class R : B { [[|FormerArtifactName(\"Old\")|]] "
            + "public int A { get; set; } } class G {")]
    [InlineData(
        "MF1057",
        "[Step] void End() { } } public record R([property: FormerArtifactName(\"Old\")] int A, [property: "
            + "[|FormerArtifactName(\"old\")|]] int B); class G {")]
    [InlineData(
        "MF1057",
        "[Step] void End() { } } public class R { [FormerArtifactName(\"Old\"), [|FormerArtifactName(\"Old\")|]] public int A { get; set; "
            + "} } class G {")]
    [InlineData(
        "MF1057",
        "[Step] void End() { } } public class R { [[|FormerArtifactName(\"Old\")|]] public static int A { get; set; } } class G {")]
    [InlineData(
        "MF1057",
        "[Step] void End() { } } public class R { [Metaflow.Serialization.ArtifactIgnore, [|FormerArtifactName(\"Old\")|]] public int A { "
            + "get; set; } } class G {")]
    [InlineData(
        "MF1057", "[Step] void End() { } } public class R { [[|FormerArtifactName(\"Old\")|]] internal int A { get; set; } } class G {")]
    [InlineData("MF1057", "[Step] void End() { } } public class R { [[|FormerArtifactName(\"Old\")|]] public int A => 1; } class G {")]
    [InlineData("MF1057", "[Step] void End() { } } public struct R { [[|FormerArtifactName(\"\")|]] public int A; } class G {")]
    [InlineData("MF1057", "[Step] void End() { } } public enum E { A, [[|FormerArtifactName(\"A\")|]] B } class G {")]
    [InlineData("MF1057", "[[|FormerArtifactName(\"Old\")|]] public partial int A { get; set; } [Step] void End() { }")]
    [InlineData("MF1038", "public partial [|IQueryable<int>|] A { get; set; } [Step] void End() { }")]
    [InlineData("MF1038", "public partial [|System.Data.Common.DbConnection|] A { get; set; } [Step] void End() { }")]
    [InlineData("MF1038", "public partial [|System.Data.IDbCommand|] A { get; set; } [Step] void End() { }")]
    [InlineData(
        "MF1038",
        "public partial [|Shop|] A { get; set; } [Step] void End() { } } public class Shop : Microsoft.EntityFrameworkCore.DbContext { } } "
            + "namespace Microsoft.EntityFrameworkCore { public class DbContext { } } class G {")]
    [InlineData("MF1038", "public partial [|IEnumerator<int>|] A { get; set; } [Step] void End() { }")]
    [InlineData("MF1038", "public partial [|IServiceProvider|] A { get; set; } [Step] void End() { }")]
    [InlineData("MF1038", "public partial [|Func<int>|] X { get; set; } [Step] void End() { }")]
    [InlineData("MF1038", "public partial [|List<Dictionary<string, FileStream[]>>|] X { get; set; } [Step] void End() { }")]
    [InlineData("MF1038", "public partial [|Task<int>|] X { get; set; } [Step] void End() { }")]
    [InlineData("MF1038", "public partial [|FileStream|] X { get; set; } [Step] void End() { }")]
    [InlineData("MF1038", "public partial [|List<Stream>|] X { get; set; } [Step] void End() { }")]
    [InlineData("MF1038", "[Parameter] public partial [|Stream|] X { get; } [Step] void End() { }")]
    [InlineData(
        "MF1038",
        "[Step] Transition Start() => Next(A, forEach: [|new Stream[] { Stream.Null }|]); [Step] Transition A(Stream i) => Next(J); "
            + "[Step] Transition J(Inputs<F> i) => Next(End); [Step] void End() { }")]
    [InlineData("MF1038", "public partial [|Span<int>|] X { get; set; } [Step] void End() { }")]
    [InlineData("MF1038", "public partial [|Type|] X { get; set; } [Step] void End() { }")]
    [InlineData(
        "MF1038",
        "[Step] Transition Start() => Next(A, forEach: [|new Action[] { () => { } }|]); [Step] Transition A(Action i) => Next(J); "
            + "[Step] Transition J(Inputs<F> i) => Next(End); [Step] void End() { }")]
    [InlineData("MF1047", "[Parameter(Default = [|\"x\"|])] public partial int X { get; } [Step] void End() { }")]
    [InlineData("MF1047", "[Parameter(Default = [|\"yes please\"|])] public partial bool X { get; } [Step] void End() { }")]
    [InlineData("MF1047", "[Parameter(Default = [|\"1.5\"|])] public partial long? X { get; } [Step] void End() { }")]
    [InlineData("MF1047", "[Parameter(Default = [|\"one\"|])] public partial double X { get; } [Step] void End() { }")]
    [InlineData("MF1047", "[Parameter(Default = [|\"1,5\"|])] public partial decimal X { get; } [Step] void End() { }")]
    [InlineData("MF1047", "[Parameter(Default = [|\"Purple\"|])] public partial DayOfWeek X { get; } [Step] void End() { }")]
    [InlineData("MF1047", "[Parameter(Default = [|\"1\"|])] public partial DayOfWeek X { get; } [Step] void End() { }")]
    [InlineData("MF1047", "[Parameter(Default = [|3|])] public partial DayOfWeek X { get; } [Step] void End() { }")]
    [InlineData("MF1047", "[Parameter(Default = [|\"soon\"|])] public partial DateTime X { get; } [Step] void End() { }")]
    [InlineData("MF1047", "[Parameter(Default = [|\"soon\"|])] public partial DateOnly X { get; } [Step] void End() { }")]
    [InlineData("MF1047", "[Parameter(Default = [|\"soon\"|])] public partial DateTimeOffset X { get; } [Step] void End() { }")]
    [InlineData("MF1047", "[Parameter(Default = [|\"soon\"|])] public partial TimeSpan X { get; } [Step] void End() { }")]
    [InlineData("MF1047", "[Parameter(Default = [|5|])] public partial TimeSpan X { get; } [Step] void End() { }")]
    [InlineData("MF1047", "[Parameter(Default = [|\"x\"|])] public partial Guid X { get; } [Step] void End() { }")]
    [InlineData("MF1047", "[Parameter(Default = [|2.5|])] public partial int X { get; } [Step] void End() { }")]
    [InlineData("MF1047", "[Parameter(Default = [|300|])] public partial byte X { get; } [Step] void End() { }")]
    [InlineData("MF1047", "[Parameter(Default = [|-1|])] public partial uint X { get; } [Step] void End() { }")]
    [InlineData("MF1047", "[Parameter(Default = [|long.MaxValue|])] public partial double X { get; } [Step] void End() { }")]
    [InlineData("MF1047", "[Parameter(Default = [|double.NaN|])] public partial decimal X { get; } [Step] void End() { }")]
    [InlineData("MF1047", "[Parameter(Default = [|\"a, b\"|])] public partial List<int> X { get; } [Step] void End() { }")]
    [InlineData("MF1047", "[Parameter(Default = [|7|])] public partial int[] X { get; } [Step] void End() { }")]
    [InlineData("MF1047", "[Parameter(Default = [|new[] { 1 }|])] public partial int X { get; } [Step] void End() { }")]
    [InlineData(
        "MF1048",
        "public int [|X|] { get; set; } [Step] Transition Start() { X = 1; return Next(End); } [Step] void End() => Console.WriteLine(X);")]
    [InlineData(
        "MF1048",
        "private string _x = \"\", [|_y|] = \"\"; [Step] Transition Start() { (_x, this._y) = (\"a\", \"b\"); return Next(End); } "
            + "[Step] void End() => Console.WriteLine(this._y.Length);")]
    [InlineData(
        "MF1048",
        "private readonly List<int> [|_rows|] = new(); [Step] Transition Start() { _rows.Add(1); return Next(End); } "
            + "[Step] void End() => Console.WriteLine(_rows.Count);")]
    [InlineData(
        "MF1048",
        "public Dictionary<string, int> [|Rows|] { get; } = []; [Step] Transition Start() { Rows[\"a\"] = 1; return Next(End); } "
            + "[Step] void End() => Console.WriteLine(Rows.Count);")]
    [InlineData(
        "MF1048",
        "private readonly int[] [|_rows|] = new int[3]; [Step] Transition Start() { _rows[0]++; return Next(End); } "
            + "[Step] void End() => Console.WriteLine(_rows[0]);")]
    [InlineData(
        "MF1048",
        "private readonly State [|_state|] = new(); [Step] Transition Start() { _state.Inner.Count += 2; return Next(End); } "
            + "[Step] void End() => Console.WriteLine(_state.Inner.Count); } public class State { public int Count; "
            + "public State Inner => this; } class G {")]
    [InlineData(
        "MF1048",
        "private readonly System.Text.StringBuilder [|_text|] = new(); [Step] Transition Start() { _text.Append(1); return Next(End); } "
            + "[Step] void End() => Console.WriteLine(_text);")]
    [InlineData(
        "MF1048",
        "private readonly Queue<int> [|_rows|] = new(); [Step] Transition Start() { _rows.Enqueue(1); return Next(End); } "
            + "[Step] void End() { foreach (var row in _rows) { Console.WriteLine(row); } }")]
    [InlineData(
        "MF1048",
        "public F() : this(new List<int>()) { } [Step] Transition Start() { rows.Add(1); return Next(End); } "
            + "[Step] void End() => Console.WriteLine(rows.Count); } public partial class F(List<int> [|rows|]) {")]
    [InlineData(
        "MF1048",
        "public F() : this(0) { } [Step] Transition Start() { rows = 1; return Next(End); } [Step] void End() => Console.WriteLine(rows); "
            + "} public partial class F(int [|rows|]) {")]
    [InlineData(
        "MF1038",
        "public partial [|System.Net.Http.HttpClient|] X { get; set; } [Step] Transition Start() => Next(End); [Step] void End() { }")]
    [InlineData(
        "MF1038", "public partial [|IAsyncEnumerable<int>|] X { get; set; } [Step] Transition Start() => Next(End); [Step] void End() { }")]
    [InlineData(
        "MF1038",
        "public partial [|IGrouping<string, int>|] X { get; set; } [Step] Transition Start() => Next(End); [Step] void End() { }")]
    [InlineData(
        "MF1038", "public partial [|CancellationToken|] X { get; set; } [Step] Transition Start() => Next(End); [Step] void End() { }")]
    [InlineData("MF1038", "public partial [|Random|] X { get; set; } [Step] Transition Start() => Next(End); [Step] void End() { }")]
    [InlineData(
        "MF1038",
        "public partial [|System.Text.RegularExpressions.Regex|] X { get; set; } [Step] Transition Start() => Next(End); "
            + "[Step] void End() { }")]
    [InlineData(
        "MF1038", "public partial [|System.Data.DataTable|] X { get; set; } [Step] Transition Start() => Next(End); [Step] void End() { }")]
    [InlineData("MF1038", "public partial [|List<Timer>|] X { get; set; } [Step] Transition Start() => Next(End); [Step] void End() { }")]
    [InlineData(
        "MF1038",
        "public partial [|System.Net.Sockets.Socket|] X { get; set; } [Step] Transition Start() => Next(End); [Step] void End() { }")]
    [InlineData(
        "MF1038",
        "public partial [|System.Diagnostics.Process|] X { get; set; } [Step] Transition Start() => Next(End); [Step] void End() { }")]
    [InlineData(
        "MF1049",
        "public class C { private int _n; public int N => _n; } public partial [|C|] X { get; set; } [Step] Transition Start() => "
            + "Next(End); [Step] void End() { }")]
    [InlineData(
        "MF1049",
        "public class C { internal int N { get; set; } } public partial [|List<C>|] X { get; set; } [Step] Transition Start() => "
            + "Next(End); [Step] void End() { }")]
    [InlineData(
        "MF1049",
        "public class C(int n) { public int N() => n; } public partial [|C|] X { get; set; } [Step] Transition Start() => Next(End); "
            + "[Step] void End() { }")]
    [InlineData(
        "MF1049",
        "public class C { public event Action? Changed; } public partial [|C[]|] X { get; set; } [Step] Transition Start() => Next(End); "
            + "[Step] void End() { }")]
    [InlineData(
        "MF1049",
        "public class B { protected int N; } public class C : B { public int M { get; set; } } public partial [|C|] X { get; set; } "
            + "[Step] Transition Start() => Next(End); [Step] void End() { }")]
    [InlineData(
        "MF1049",
        "public class D { private int _n; public int N => _n; } public record C(D Part); public partial [|C|] X { get; set; } "
            + "[Step] Transition Start() => Next(End); [Step] void End() { }")]
    [InlineData(
        "MF1049",
        "public class C : List<int> { public string? Name { get; set; } } public partial [|C|] X { get; set; } [Step] Transition Start() "
            + "=> Next(End); [Step] void End() { }")]
    public Task A_mistake_in_an_artifact_is_told_at_its_place(string code, string members, string? place = null)
        => Mistakes.AssertToldAtItsPlaceAsync(code, members, place);
}
