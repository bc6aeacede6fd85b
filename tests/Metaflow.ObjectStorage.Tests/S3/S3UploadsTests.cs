using System.Text;
using Metaflow.Aws.S3;
using Metaflow.Storage;

namespace Metaflow.ObjectStorage.Tests.S3;

/// <summary>Multipart uploads that nobody completed. Moto has neither pages of them nor their times.</summary>
public sealed class S3UploadsTests
{
    private const string FirstPage = """
        <?xml version="1.0"?><ListMultipartUploadsResult><Bucket>ours</Bucket><KeyMarker></KeyMarker><UploadIdMarker></UploadIdMarker>
        <NextKeyMarker>some/a%20b</NextKeyMarker><NextUploadIdMarker>id/1</NextUploadIdMarker><IsTruncated>true</IsTruncated>
        <Upload><Key>some/a%20b</Key><UploadId>id/1</UploadId><Initiated>2026-11-28T10:00:00.000Z</Initiated></Upload>
        </ListMultipartUploadsResult>
        """;

    private const string LastPage = """
        <ListMultipartUploadsResult><IsTruncated>false</IsTruncated>
        <Upload><Key>some/c</Key><UploadId>id2</UploadId><Initiated>2026-11-29T10:00:00.000Z</Initiated></Upload>
        </ListMultipartUploadsResult>
        """;

    [Fact]
    public void A_list_of_several_pages_is_read_whole_with_the_times()
    {
        var uploads = new S3Uploads();
        var found = new List<UnfinishedObject>();
        var next = uploads.ReadList(Encoding.UTF8.GetBytes(FirstPage), found);
        Assert.Contains("key-marker=some%2Fa%20b", uploads.List("some/", next).QueryText, StringComparison.Ordinal);
        Assert.Contains("upload-id-marker=id%2F1", uploads.List("some/", next).QueryText, StringComparison.Ordinal);
        Assert.Null(uploads.ReadList(Encoding.UTF8.GetBytes(LastPage), found));
        Assert.Equal(
            [
                new UnfinishedObject("some/a b", "id/1", new DateTimeOffset(2026, 11, 28, 10, 0, 0, TimeSpan.Zero)),
                new UnfinishedObject("some/c", "id2", new DateTimeOffset(2026, 11, 29, 10, 0, 0, TimeSpan.Zero)),
            ],
            found);
    }
}
