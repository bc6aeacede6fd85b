using Metaflow.Scenarios.Tests.Matrix.Checking;
using Metaflow.Scenarios.Tests.Matrix.Generation;

namespace Metaflow.Scenarios.Tests.Matrix.Cases;

/// <summary>Parameters of several types, from defaults and the environment; no step can set them.</summary>
internal sealed class BasicParameters : ValueMatrixTest
{
    public override string Members => """
        [Parameter] public partial string? NoDefaultParam { get; }
        [Parameter(Default = true)] public partial bool BoolParam { get; }
        [Parameter(Default = true)] public partial bool BoolTrueParam { get; }
        [Parameter(Default = 123)] public partial int IntParam { get; }
        [Parameter(Default = "foobar")] public partial string StrParam { get; }
        [Parameter(Default = "a,b,c", Separator = ",")] public partial List<string> ListParam { get; }
        [Parameter(Default = "{\"a\": [1, 2, 3]}")] public partial Dictionary<string, List<int>> JsonParam { get; }
        """;

    public override IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["METAFLOW_RUN_NO_DEFAULT_PARAM"] = "test_str",
        ["METAFLOW_RUN_BOOL_PARAM"] = "False",
    };

    public override IReadOnlyList<StepCode> Steps =>
    [
        new(0, "all", """
            Expect.Equal("test_str", NoDefaultParam);
            Expect.Equal(false, BoolParam);
            Expect.Equal(true, BoolTrueParam);
            Expect.Equal(123, IntParam);
            Expect.Equal("foobar", StrParam);
            Expect.Same(["a", "b", "c"], ListParam);
            Expect.Same([1, 2, 3], JsonParam["a"]);
            Expect.True(!GetType().GetProperty("IntParam")!.CanWrite, "a parameter has a setter");
            """),
    ];

    public override void Check(CaseCheck check)
    {
        check.HasEverywhere("no_default_param", "test_str");
        check.HasEverywhere("bool_param", false);
        check.HasEverywhere("bool_true_param", true);
        check.HasEverywhere("int_param", 123);
        check.HasEverywhere("str_param", "foobar");
        check.HasEverywhere("list_param", new[] { "a", "b", "c" });
        check.HasEverywhere("json_param", new Dictionary<string, int[]> { ["a"] = [1, 2, 3] });
    }
}

/// <summary>Files that become part of the run: text, text of any alphabet, bytes, one given by the environment, one that is
/// absent.</summary>
internal sealed class BasicInclude : ValueMatrixTest
{
    private const string Letters = "UTF Text File 年";

    public override string Members => """
        [IncludeFile(Default = "reg.txt")] public partial string MyfileTxt { get; }
        [IncludeFile(Default = "utf8.txt", Encoding = "utf-8")] public partial string MyfileUtf8 { get; }
        [IncludeFile(Default = "utf8.txt")] public partial byte[] MyfileBinary { get; }
        [IncludeFile(Default = "reg.txt")] public partial string MyfileOverriden { get; }
        [IncludeFile] public partial string? AbsentFile { get; }
        """;

    public override IReadOnlyDictionary<string, string> ProgramFiles
        => new Dictionary<string, string> { ["reg.txt"] = "Regular Text File", ["utf8.txt"] = Letters };

    public override IReadOnlyDictionary<string, string> Files => new Dictionary<string, string> { ["override.txt"] = "Override Text File" };

    public override IReadOnlyDictionary<string, string> Environment
        => new Dictionary<string, string> { ["METAFLOW_RUN_MYFILE_OVERRIDEN"] = "./override.txt" };

    public override IReadOnlyList<StepCode> Steps =>
    [
        new(0, "all", $"""
            Expect.Equal("Regular Text File", MyfileTxt);
            Expect.Equal("{Letters}", MyfileUtf8);
            Expect.Same(System.Text.Encoding.UTF8.GetBytes("{Letters}"), MyfileBinary);
            Expect.Equal("Override Text File", MyfileOverriden);
            Expect.Equal(null, AbsentFile);
            Expect.True(!GetType().GetProperty("MyfileTxt")!.CanWrite, "an included file has a setter");
            """),
    ];

    public override void Check(CaseCheck check)
    {
        check.HasEverywhere("myfile_txt", "Regular Text File");
        check.HasEverywhere("myfile_utf8", Letters);
        check.HasEverywhere("myfile_binary", System.Text.Encoding.UTF8.GetBytes(Letters));
        check.HasEverywhere("myfile_overriden", "Override Text File");
    }
}

/// <summary>Constants of the class are kept with each task, and are no parameters.</summary>
internal sealed class Constants : ValueMatrixTest
{
    public override string Members => """
        public const string StrConst = "this is a constant";
        public const int IntConst = 123;
        public static readonly IReadOnlyList<string> ObjConst = [];
        [Parameter(Default = 456)] public partial int IntParam { get; }
        [Parameter(Default = "foobar")] public partial string StrParam { get; }
        """;

    public override IReadOnlyList<StepCode> Steps =>
    [
        new(0, "all", """
            Expect.Equal("this is a constant", StrConst);
            Expect.Equal(123, IntConst);
            Expect.Equal(0, ObjConst.Count);
            Expect.Equal(456, IntParam);
            Expect.Equal("foobar", StrParam);
            """),
    ];

    public override void Check(CaseCheck check)
    {
        check.HasEverywhere("int_param", 456);
        check.HasEverywhere("str_param", "foobar");
        check.HasEverywhere("int_const", 123);
        check.HasEverywhere("str_const", "this is a constant");
        check.HasEverywhere("obj_const", Array.Empty<string>());
        if (check.Run is { } run)
        {
            Assert.Equal(["int_param", "str_param"], run.Parameters.Keys.Order());
        }
    }
}
