// The page's own few words, in the language of the conversation.
const WORDS = {
  vi: {
    skip: 'Đến ô nhập tin nhắn',
    ready: 'Đã kết nối',
    connecting: 'Đang kết nối…',
    lost: 'Mất kết nối',
    lostBanner: 'Mất kết nối mạng. Tin nhắn được giữ trên máy này và tự gửi khi có mạng.',
    cookieBanner: 'Trình duyệt đang chặn cookie nên chưa gửi được. Xin cho phép cookie của trang này rồi tải lại trang.',
    menu: 'Danh mục',
    menuNew: 'Gửi ý kiến, câu hỏi',
    menuCases: 'Ý kiến đã gửi',
    menuLanguage: 'Ngôn ngữ · Language',
    menuHelp: 'Trợ giúp',
    menuPrivacy: 'Thông báo về dữ liệu cá nhân',
    menuForget: 'Xóa hội thoại trên máy này',
    forgetTitle: 'Xóa hội thoại trên máy này?',
    forgetText: 'Tin nhắn lưu trên máy này sẽ bị xóa. Những gì đã gửi vẫn được giữ và vẫn tra cứu được.',
    forgetYes: 'Xóa',
    forgetNo: 'Không xóa',
    log: 'Cuộc trò chuyện',
    choices: 'Các lựa chọn',
    newer: 'Tin mới',
    below: 'Xem tiếp',
    say: 'Nhập tin nhắn',
    caption: 'Thêm lời cho tệp',
    send: 'Gửi',
    attach: 'Đính kèm',
    shoot: 'Chụp ảnh',
    pick: 'Chọn ảnh hoặc tệp',
    place: 'Gửi vị trí hiện tại',
    finding: 'Đang tìm vị trí…',
    placeSent: 'Vị trí hiện tại',
    noPlace: 'Máy chưa cho biết vị trí. Xin nhập địa chỉ, hoặc cho phép trang này dùng vị trí.',
    tray: 'Tệp sẽ gửi',
    drop: 'Bỏ tệp',
    cancel: 'Thôi',
    retry: 'Thử lại',
    resend: 'Gửi lại',
    edit: 'Sửa',
    edited: 'đã sửa',
    editing: 'Đang sửa tin nhắn',
    mine: 'Tin đã soạn',
    wait: 'Đang chờ gửi',
    sent: 'Đã gửi',
    bad: 'Chưa gửi được',
    uploading: 'Đang tải lên',
    qr: 'Mã QR',
    today: 'Hôm nay',
    yesterday: 'Hôm qua',
    tooMany: (most) => 'Mỗi lần gửi nhiều nhất ' + most + ' tệp.',
    too_large: (megabytes) => 'Tệp lớn hơn ' + megabytes + ' MB. Xin chọn tệp nhỏ hơn.',
    text_too_long: 'Tin nhắn dài hơn 20.000 ký tự. Xin chia thành nhiều tin.',
    file_empty: 'Tệp không có nội dung. Xin chọn tệp khác.',
    file_type: 'Không nhận loại tệp này.',
    id_card: 'Ảnh giấy tờ tùy thân không được lưu: là dữ liệu nhạy cảm, ý kiến không cần đến. Nếu cần, xin viết họ tên.',
    too_many_files: 'Hôm nay đã gửi quá nhiều tệp. Xin gửi tiếp vào ngày mai.',
    file_gone: 'Tệp không còn trên máy. Xin chọn lại.',
    refused: 'Không gửi được nội dung này.',
    full: 'Bộ nhớ của trình duyệt đã đầy. Xin giữ trang này mở đến khi gửi xong.',
  },
  en: {
    skip: 'Go to the message box',
    ready: 'Connected',
    connecting: 'Connecting…',
    lost: 'No connection',
    lostBanner: 'No connection. Messages are kept on this device and sent when it is back.',
    cookieBanner: 'The browser blocks cookies, so nothing can be sent. Please allow cookies for this page and reload it.',
    menu: 'Menu',
    menuNew: 'Send a report or question',
    menuCases: 'My cases',
    menuLanguage: 'Ngôn ngữ · Language',
    menuHelp: 'Help',
    menuPrivacy: 'Personal data notice',
    menuForget: 'Clear the chat on this device',
    forgetTitle: 'Clear the chat on this device?',
    forgetText: 'The messages stored on this device will be removed. What was sent is kept and can still be looked up.',
    forgetYes: 'Clear',
    forgetNo: 'Keep',
    log: 'Conversation',
    choices: 'Choices',
    newer: 'New messages',
    below: 'Read on',
    say: 'Type a message',
    caption: 'Add a caption',
    send: 'Send',
    attach: 'Attach',
    shoot: 'Take a photo',
    pick: 'Choose photos or files',
    place: 'Send current location',
    finding: 'Finding the location…',
    placeSent: 'Current location',
    noPlace: 'The device did not give its location. Please type the address, or allow this page to use the location.',
    tray: 'Files to send',
    drop: 'Remove',
    cancel: 'Cancel',
    retry: 'Try again',
    resend: 'Resend',
    edit: 'Edit',
    edited: 'edited',
    editing: 'Editing a message',
    mine: 'Your message',
    wait: 'Waiting to be sent',
    sent: 'Sent',
    bad: 'Not sent',
    uploading: 'Uploading',
    qr: 'QR code',
    today: 'Today',
    yesterday: 'Yesterday',
    tooMany: (most) => 'At most ' + most + ' files can be sent at a time.',
    too_large: (megabytes) => 'The file is larger than ' + megabytes + ' MB. Please choose a smaller one.',
    text_too_long: 'The message is longer than 20,000 characters. Please split it.',
    file_empty: 'The file is empty. Please choose another one.',
    file_type: 'This type of file is not accepted.',
    id_card: 'A picture of an identity document is not kept: it is sensitive data and no case needs it. If you want to, write your name.',
    too_many_files: 'Too many files were sent today. Please go on tomorrow.',
    file_gone: 'The file is no longer on this device. Please choose it again.',
    refused: 'This could not be sent.',
    full: 'The browser’s storage is full. Please keep this page open until everything is sent.',
  },
};

let lang = 'vi';

export const language = () => lang;

export function word(key, ...values) {
  const found = WORDS[lang][key];
  return typeof found === 'function' ? found(...values) : found;
}

// The sentence for a refusal of the server; one it does not know yet gets the general one.
export function excuse(code, megabytes) {
  return WORDS[lang][code] ? word(code, megabytes) : word('refused');
}

// Speak another language from now on: every word of the page that is marked follows.
export function speak(next) {
  lang = WORDS[next] ? next : 'vi';
  document.documentElement.lang = lang;
  document.querySelectorAll('[data-word]').forEach((e) => { e.textContent = word(e.dataset.word); });
  document.querySelectorAll('[data-label]').forEach((e) => { e.setAttribute('aria-label', word(e.dataset.label)); });
  document.querySelectorAll('[data-hold]').forEach((e) => { e.placeholder = word(e.dataset.hold); });
}

export const clock = (at) =>
  new Date(at).toLocaleTimeString(lang === 'vi' ? 'vi-VN' : 'en-GB', { hour: '2-digit', minute: '2-digit' });

export function day(at) {
  const midnight = (time) => new Date(time).setHours(0, 0, 0, 0);
  const days = Math.round((midnight(Date.now()) - midnight(at)) / 86400000);
  if (days === 0) return word('today');
  if (days === 1) return word('yesterday');
  return new Date(at).toLocaleDateString(lang === 'vi' ? 'vi-VN' : 'en-GB', {
    weekday: 'long', day: 'numeric', month: 'long', year: 'numeric',
  });
}

export function weight(bytes) {
  if (bytes < 1024 * 1024) return Math.max(1, Math.round(bytes / 1024)) + ' kB';
  const megabytes = (bytes / 1024 / 1024).toFixed(1);
  return (lang === 'vi' ? megabytes.replace('.', ',') : megabytes) + ' MB';
}
