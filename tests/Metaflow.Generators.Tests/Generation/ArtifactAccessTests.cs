using Metaflow.Generators.Tests.Compiling;

namespace Metaflow.Generators.Tests.Generation;

/// <summary>What a step reads before it has set it, and what it may set.</summary>
public sealed class ArtifactAccessTests
{
    [Theory]
    [InlineData("X = 1;", "", "x")]
    [InlineData("X = Y;", "y", "x")]
    [InlineData("X += 1;", "x", "x")]
    [InlineData("X++;", "x", "x")]
    [InlineData("Z ??= \"\";", "z", "z")]
    [InlineData("(X, Y) = (Y, 1);", "y", "x y")]
    [InlineData("X = 1; Use(X);", "", "x")]
    [InlineData("Use(nameof(X));", "", "")]
    [InlineData("Use(other.X);", "", "")]
    [InlineData("other.X = 1;", "", "")]
    [InlineData("Use(new F { X = 1 }.Y);", "", "")]
    [InlineData("Use(Plain); Plain = 2;", "", "")]
    [InlineData("Use(Sum);", "x y", "")]
    [InlineData("Use(this.X + Parameter);", "x", "")]
    [InlineData("if (Parameter > 0) { X = 1; } Use(X);", "x", "x")]
    [InlineData("if (Parameter > 0) { X = 1; } else { X = 2; } Use(X);", "", "x")]
    [InlineData("if (Parameter > 0) { throw new Exception(); } else { X = 2; } Use(X);", "", "x")]
    [InlineData("X = Parameter > 0 ? Y : 1;", "y", "x")]
    [InlineData("_ = Parameter > 0 && (X = 1) > 0; Use(X);", "x", "x")]
    [InlineData("while (Parameter > 0) { X = 1; } Use(X);", "x", "x")]
    [InlineData("do { X = 1; } while (Parameter > 0); Use(X);", "", "x")]
    [InlineData("for (;;) { X = 1; if (X > 0) { break; } } Use(X);", "", "x")]
    [InlineData("while (true) { if (Parameter > 0) { break; } X = 1; } Use(X);", "x", "x")]
    [InlineData("foreach (var i in new[] { 1 }) { X = i; } Use(X);", "x", "x")]
    [InlineData("switch (Parameter) { case 1: X = 1; break; default: X = 2; break; } Use(X);", "", "x")]
    [InlineData("switch (Parameter) { case 1: X = 1; break; } Use(X);", "x", "x")]
    [InlineData("X = Parameter switch { 1 => Y, _ => 2 };", "y", "x")]
    [InlineData("try { X = 1; } catch (Exception) { } Use(X);", "x", "x")]
    [InlineData("try { Use(1); } finally { X = 1; } Use(X);", "", "x")]
    [InlineData("Func<int> f = () => X; Use(f());", "x", "x y z")]
    [InlineData("Action f = () => X = 1; Use(X);", "x", "x")]
    [InlineData("Action f = () => X = 1; f(); Use(X);", "", "x y z")]
    [InlineData("void Set() { X = 1; } Set(); Use(X);", "", "x")]
    [InlineData("int Get(int n) => n > 0 ? Get(n - 1) : X; Use(Get(2));", "x", "")]
    [InlineData("SetX(); Use(X);", "", "x")]
    [InlineData("Recurse(2);", "y", "x")]
    [InlineData("Action f = SetX; Use(X);", "x", "x")]
    [InlineData("Action f = SetX; f(); Use(X);", "", "x y z")]
    [InlineData("_set(); Use(X);", "", "x y z")]
    [InlineData("_set.Invoke(); Use(X);", "", "x y z")]
    [InlineData("_set?.Invoke(); Use(X);", "", "x y z")]
    [InlineData("Changed?.Invoke(); Use(X);", "", "x y z")]
    [InlineData("Virtual(); Use(X);", "", "x y z")]
    [InlineData("base.ToString(); Use(X);", "x", "")]
    [InlineData("Use(ToString()); Use(X);", "", "x y z")]
    [InlineData("Use(VirtualSum); Use(X);", "", "x y z")]
    [InlineData("_self.Prepare(); Use(X);", "", "x y z")]
    [InlineData("Use(_self.Prepared); Use(X);", "", "x y z")]
    [InlineData("((IPrepared)this).Prepare(); Use(X);", "", "x y z")]
    [InlineData("_foreign.Dispose(); Use(X);", "x", "")]
    [InlineData("Fill(this); Use(X);", "", "x y z")]
    [InlineData("var text = $\"{X}\"; Use(text.Length);", "x", "")]
    [InlineData("Use(Z?.Length);", "z", "")]
    public void A_body_reads_and_sets_what_it_does(string body, string reads, string writes)
    {
        var flow = FlowCompilation.Of($$"""
            public interface IPrepared { void Prepare(); bool Prepared { get; } }
            public partial class F : FlowSpec, IPrepared
            {
                private readonly Action _set;
                private readonly IPrepared _self;
                private readonly IDisposable _foreign = null!;
                public event Action? Changed;
                public F() { _self = this; _set = SetX; }
                public partial int X { get; set; }
                public partial int Y { get; set; }
                public partial string? Z { get; set; }
                [Parameter] public partial int Parameter { get; }
                public int Plain { get; set; }
                private int Sum => X + Y;
                [Step] Transition Start() { var other = new F(); {{body}} return Next(End); }
                [Step] void End() { }
                private void SetX() => X = 1;
                protected virtual void Virtual() { }
                protected virtual int VirtualSum => 1;
                public override string ToString() => "";
                void IPrepared.Prepare() => X = 1;
                bool IPrepared.Prepared => (X = 1) > 0;
                private void Recurse(int n) { if (n > 0) { Recurse(n - 1); X = Y; } }
                private static void Use(object? value) { }
                private static void Fill(F flow) { }
            }
            """);
        var start = FlowGeneratorTests.Define(flow.Load("F")).Graph.Find("start")!;
        Assert.Equal(reads, string.Join(' ', start.Reads.Select(read => read.Key)));
        Assert.Equal(writes, string.Join(' ', start.Writes.Order(StringComparer.Ordinal)));
    }

    [Theory]
    [InlineData("public partial class", "protected sealed override void Virtual() { }")]
    [InlineData("public sealed partial class", "protected override void Virtual() { }")]
    public void A_method_that_nobody_can_replace_does_what_its_body_does(string declaration, string method)
    {
        var flow = FlowCompilation.Of($$"""
            public abstract partial class Base : FlowSpec { protected virtual void Virtual() { } }
            {{declaration}} F : Base
            {
                public partial int X { get; set; }
                [Step] Transition Start() { Virtual(); Console.WriteLine(X); return Next(End); }
                [Step] void End() { }
                {{method}}
            }
            """);
        Assert.Equal("x", Assert.Single(FlowGeneratorTests.Define(flow.Load("F")).Graph.Find("start")!.Reads).Key);
    }
}
